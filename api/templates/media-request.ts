import type { Response } from 'express';
import type { MediaInput, MediaSource } from '../../domain/task/generation';
import type { TemplateUse } from '../../domain/template/use';
import type { Sourcing, UsingTemplates } from '../deps';
import { callerOf } from '../http/context';
import type { GivenImage } from '../openai/input-images';
import { mediaInputOf, sourceOf } from '../tasks/input';
import { parseTask } from '../tasks/parse';
import type { MediaTaskBody } from '../tasks/schema';
import { valuesOfForm } from './form-values';
import { createTemplates, namedTemplate } from './use';

type Fields = Readonly<Record<string, unknown>>;

/** Where the parameters of a compatible media endpoint stand in a task. */
export type Places = Readonly<Record<string, string>>;

const SHARED = {
  model: 'model',
  prompt: 'input.prompt',
  negative_prompt: 'input.negative_prompt',
  size: 'output.size',
  aspect_ratio: 'output.aspect_ratio',
  resolution: 'output.resolution',
  seed: 'output.seed',
  watermark: 'output.watermark',
};
export const IMAGE_PLACES: Places = {
  ...SHARED,
  n: 'output.n',
  quality: 'output.quality',
  background: 'output.background',
  output_format: 'output.format',
  output_compression: 'output.compression',
};
export const VIDEO_PLACES: Places = { ...SHARED, seconds: 'output.duration_s', duration: 'output.duration_s', audio: 'output.audio' };

/** What a compatible endpoint knows of its own request. */
interface MediaEndpoint {
  readonly type: 'image' | 'video';
  readonly places: Places;
  readonly imageFields: readonly string[];
  readonly isForm: boolean;
  /** Images came as files. */
  readonly hasFiles: boolean;
}

/** A request of a compatible endpoint, its template rendered. */
export interface TemplatedMedia {
  /** The fields for the endpoint's schema: those of the request, with the prompt and the model of the template. */
  readonly fields: unknown;
  /** null: the request names none, and the rest changes nothing. */
  readonly template: TemplateUse | null;
  /** Images of the template, and of its inputs. */
  readonly images: readonly GivenImage[];
  /** What the endpoint makes of its fields, with what the template says. */
  input(own: MediaInput): MediaInput;
}

/**
 * Renders the template that a compatible image or video request names.
 * @param imageFields - fields that bring images: given, they have to be overridable
 * @param isForm - the values of inputs came as text
 * @throws AppError as a task with a template
 */
export async function templatedMedia(
  context: Sourcing & UsingTemplates,
  response: Response,
  raw: unknown,
  { type, places, imageFields, isForm, hasFiles }: MediaEndpoint,
): Promise<TemplatedMedia> {
  const named = namedTemplate(raw);
  if (named === null) return { fields: raw, template: null, images: [], input: (own) => own };
  const caller = callerOf(response);
  const { template: reference, inputs, rest } = named;
  const templates = createTemplates(context, caller.teamId, response);
  const values = isForm ? valuesOfForm(await templates.inputsOf(reference), inputs) : inputs;
  const rendered = await templates.render({ template: reference, inputs: values, overrides: overridesOf(rest, places) }, type);
  if (hasFiles || imageFields.some((field) => (rest[field] ?? null) !== null)) rendered.expectOverridable('input.images');
  const body = parseTask(rendered.task) as MediaTaskBody;
  const canonical = mediaInputOf(body);
  const video = await videoOf(context, response, body);
  return {
    fields: { ...rest, prompt: body.input.prompt, model: body.model },
    template: rendered.template,
    images: imagesOf(body, canonical),
    input: (own) => {
      const { partial_images: partial } = own.output;
      const output = { ...canonical.output, ...(partial === undefined ? {} : { partial_images: partial }) };
      return { ...canonical, output, images: own.images, params: own.params, ...(video === undefined ? {} : { video }) };
    },
  };
}

/** The parameters of a request at their places in a task. */
function overridesOf(fields: Fields, places: Places): Fields {
  const overrides: Record<string, unknown> = {};
  for (const [field, place] of Object.entries(places)) {
    const value = fields[field] ?? null;
    if (value === null) continue;
    const [room = '', member] = place.split('.');
    overrides[room] = member === undefined ? value : { ...(overrides[room] as object | undefined), [member]: value };
  }
  const [first] = Array.isArray(fields['models']) ? (fields['models'] as unknown[]) : [];
  return first === undefined || 'model' in overrides ? overrides : { ...overrides, model: first };
}

function imagesOf(body: MediaTaskBody, { images }: MediaInput): GivenImage[] {
  return (body.input.images ?? []).map(({ url, asset_id: assetId, data }, index) => ({
    role: images[index]?.role ?? 'reference',
    param: `input.images[${String(index)}]`,
    from: assetId !== undefined ? { asset_id: assetId } : { image_url: url ?? dataUrl(data ?? '') },
  }));
}

/** What the data is, its first bytes say. */
function dataUrl(data: string): string {
  return /^data:/i.test(data) ? data : `data:image/png;base64,${data}`;
}

async function videoOf(context: Sourcing, response: Response, body: MediaTaskBody): Promise<MediaSource | undefined> {
  const video = body.type === 'video' ? (body.input.video ?? undefined) : undefined;
  return video === undefined ? undefined : sourceOf(context, callerOf(response), video, 'input.video', 'video');
}
