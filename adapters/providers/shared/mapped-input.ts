import type { MediaParameter, MediaSupport } from '../../../domain/provider/catalogue';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import { IMAGE_ROLES, type OutputParams } from '../../../domain/task/generation';
import { isAuto, parseSize, ratioSent } from '../../../domain/task/output-size';
import { overExtras, type JsonObject } from './json';
import { readDataUris } from './media-file';
import { RATIOS, resolutionAmong, unsupported } from './media-request';

/**
 * What a vendor, whose models each have their own inputs, calls the canonical parameters. A route's `map` wins over it.
 * `one` and `several`: the field of one reference image and of more; elsewhere a name is enough.
 */
export interface InputNames {
  readonly fields: Readonly<Record<string, string>>;
  readonly images: { readonly one: string; readonly several: string };
  /** The vendor's word for a file format: `jpg` for `jpeg`. */
  readonly format: (format: string) => string;
  /** How a number of seconds is written for this model: 8, "8" or "8s". */
  readonly duration: (seconds: number) => string | number;
  /** What stands in the request for files, in their order; absent: data URIs. */
  readonly send?: (files: readonly MediaFile[]) => Promise<readonly string[]>;
}

const IMAGE_PARAMETERS: readonly MediaParameter[] = [
  ...(['size', 'aspect_ratio', 'resolution', 'quality', 'n', 'seed'] as const),
  ...(['watermark', 'format', 'background', 'compression', 'negative_prompt'] as const),
];
const VIDEO_PARAMETERS: readonly MediaParameter[] = [
  ...(['size', 'aspect_ratio', 'resolution', 'quality', 'seed'] as const),
  ...(['duration_s', 'audio', 'format', 'negative_prompt'] as const),
];

/** A model's inputs are its own, and a route's `map` can name one for anything: the attempt tells what has no name. */
export function mappedSupport(operation: 'image' | 'video'): MediaSupport {
  return { parameters: operation === 'image' ? IMAGE_PARAMETERS : VIDEO_PARAMETERS, roles: IMAGE_ROLES, video: true };
}

/** Roles whose images go together into the field that `map` names `images`. */
const TOGETHER = ['reference', 'first_frame', 'subject', 'style'];
const RESOLUTIONS = { image: ['1K', '2K', '4K'], video: ['480p', '720p', '1080p', '4k'] };

/** The fields of a model's input: what the canonical parameters say under the wire's names, over the route's `options`. */
export async function mappedInput(call: MediaCall, names: InputNames): Promise<JsonObject> {
  const nameOf = (canonical: string): string | undefined => call.map?.[canonical] ?? names.fields[canonical];
  const fields: JsonObject = {};
  const put = (canonical: string, value: unknown): void => {
    const name = nameOf(canonical);
    if (value === undefined || value === null) return;
    if (name === undefined) throw unsupported(`output.${canonical}`, `\`${canonical}\`, unless the route's \`map\` names its field for it`);
    fields[name] = value;
  };
  put('prompt', call.prompt);
  if (call.negativePrompt !== null) put('negative_prompt', call.negativePrompt);
  putShape(call, nameOf, put);
  const { output } = call;
  put('quality', output.quality);
  put('seed', output.seed);
  put('audio', output.audio);
  put('background', output.background);
  put('compression', output.compression);
  if (call.kind === 'image') put('n', output.n);
  if (output.format !== undefined && (call.kind === 'image' || output.format !== 'mp4')) put('format', names.format(output.format));
  if (output.duration_s !== undefined)
    put('duration_s', durationLike(call.options?.[nameOf('duration_s') ?? ''], output.duration_s, names));
  await putFiles(call, names, fields);
  return overExtras(call.options ?? {}, fields);
}

type Put = (canonical: string, value: unknown) => void;

/** A size as pixels where there is a field for it, else as ratio and resolution. */
function putShape({ output, kind, map }: MediaCall, nameOf: (name: string) => string | undefined, put: Put): void {
  const own = kind === 'image' || map?.['size'] !== undefined ? nameOf('size') : undefined;
  // `map: { size: "aspect_ratio" }` says that the model has no field for a size.
  const field = own === nameOf('aspect_ratio') ? undefined : own;
  const { size: asked, ...rest } = output;
  const size = parseSize(asked);
  // `auto` is the provider's choice: no field.
  if (field !== undefined && asked !== undefined && !isAuto(asked))
    put('size', size !== undefined && field.endsWith('image_size') ? size : asked);
  const shape: OutputParams = field === undefined && size !== undefined ? output : rest;
  put('aspect_ratio', ratioSent(shape, RATIOS));
  // A size says nothing of an image's resolution: models that name one are few.
  const { size: _size, ...sizeless } = shape;
  put('resolution', resolutionAmong(kind === 'video' ? shape : sizeless, RESOLUTIONS[kind]));
}

/** A number of seconds in the form that the route's `options` show, else as the model's own. */
function durationLike(example: unknown, seconds: number, names: InputNames): string | number {
  if (typeof example === 'number') return seconds;
  if (typeof example === 'string') return /s$/.test(example) ? `${seconds}s` : String(seconds);
  return names.duration(seconds);
}

async function putFiles(call: MediaCall, names: InputNames, fields: JsonObject): Promise<void> {
  const references = call.images.filter(({ role }) => fieldOfRole(call, names, role) === undefined);
  const isList = call.kind === 'video' || references.length > 1;
  const byField = new Map<string, MediaFile[]>();
  for (const file of call.video === null ? call.images : [...call.images, call.video]) {
    const own = fieldOfRole(call, names, file === call.video ? 'video' : file.role);
    if (own === undefined && !TOGETHER.includes(file.role)) {
      throw unsupported('input.images', `an image of the role ${file.role}, unless the route's \`map\` names its field for it`);
    }
    const field = own ?? (isList ? names.images.several : names.images.one);
    const before = byField.get(field) ?? [];
    // A field for one file gets the first.
    if (holdsSeveral(field) || before.length === 0) byField.set(field, [...before, file]);
  }
  const sent = [...(await (names.send ?? readDataUris)([...byField.values()].flat()))];
  for (const [field, files] of byField) {
    const values = sent.splice(0, files.length);
    fields[field.replace(/\[\]$/, '')] = holdsSeveral(field) ? values : values[0];
  }
}

/** The field that belongs to a role alone, or to all images by `map: { images: ... }`; undefined: the one of references. */
function fieldOfRole({ map }: MediaCall, { fields }: InputNames, role: string): string | undefined {
  return map?.[role] ?? (TOGETHER.includes(role) ? map?.['images'] : undefined) ?? fields[role];
}

/** `image_urls`, `image_input` and `images` hold a list, `image_url` and `image` one; `name[]` says it of any other. */
function holdsSeveral(field: string): boolean {
  return /(s|image_input|\[\])$/.test(field);
}
