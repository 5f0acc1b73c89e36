import { AppError } from '../../../domain/errors';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import type { OutputParams } from '../../../domain/task/generation';
import { isAuto, parseSize, ratioSent, resolutionWord, sizeFrom, type Size } from '../../../domain/task/output-size';
import { overExtras, type JsonObject } from '../shared/json';
import { imagesOf, resolutionAmong, unsupported } from '../shared/media-request';
import { IMAGE_TO_VIDEO, TEXT_TO_IMAGE, TEXT_TO_VIDEO, type Shape } from './models';

/** A request in Runway's words. */
export interface RunwayRequest {
  readonly path: 'v1/text_to_video' | 'v1/image_to_video' | 'v1/text_to_image';
  readonly body: JsonObject;
}

/** Gives the address of a file for the vendor: a data URI, or `runway://...` of one that was uploaded. */
export type SendFile = (file: MediaFile) => Promise<string>;

/** Where a model asks for a length and the request has none. */
const DEFAULT_DURATION_S = 5;

/** The create of an image or a video. @throws AppError `unsupported_parameter` for what the model has no place for */
export function runwayRequest(call: MediaCall, send: SendFile): Promise<RunwayRequest> {
  return call.kind === 'image' ? imageRequest(call, send) : videoRequest(call, send);
}

async function imageRequest(call: MediaCall, send: SendFile): Promise<RunwayRequest> {
  const shape = TEXT_TO_IMAGE[call.model];
  const { output } = call;
  const references = imagesOf(call, 'reference', 'subject', 'style', 'first_frame');
  if (references.length < call.images.length) throw unsupported('input.images', 'a mask or a last frame for an image');
  if (call.video !== null) throw unsupported('input.video', 'an input video for an image');
  const referenceImages: JsonObject[] = [];
  for (const image of references) referenceImages.push({ uri: await send(image) });
  const own = { ratio: ratioOf(output, shape, 'image'), referenceImages: referenceImages.length === 0 ? undefined : referenceImages };
  const body = fieldsOf(call, shape, own, {
    outputCount: [output.n === 1 && shape?.fields.includes('outputCount') !== true ? undefined : output.n, 'n'],
    quality: [output.quality, 'quality'],
    background: [output.background, 'background'],
    outputFormat: [output.format, 'format'],
    seed: [output.seed, 'seed'],
    negativePrompt: [call.negativePrompt === '' ? undefined : (call.negativePrompt ?? undefined), 'negative_prompt'],
  });
  return { path: 'v1/text_to_image', body };
}

async function videoRequest(call: MediaCall, send: SendFile): Promise<RunwayRequest> {
  const { output } = call;
  const frames = imagesOf(call, 'first_frame', 'last_frame');
  const references = imagesOf(call, 'reference', 'subject', 'style');
  if (frames.length + references.length < call.images.length) throw unsupported('input.images', 'a mask for a video');
  const isImage = frames.length > 0;
  const shape = (isImage ? IMAGE_TO_VIDEO : TEXT_TO_VIDEO)[call.model];
  if (shape !== undefined && !shape.fields.includes('last') && frames.some(({ role }) => role === 'last_frame')) {
    throw unsupported('input.images', 'a last frame');
  }
  const promptImage: JsonObject[] = [];
  for (const frame of frames) promptImage.push({ uri: await send(frame), position: frame.role === 'last_frame' ? 'last' : 'first' });
  const uris: JsonObject[] = [];
  for (const image of references) uris.push({ uri: await send(image) });
  const seconds = output.duration_s ?? (shape?.required.includes('duration') === true ? DEFAULT_DURATION_S : undefined);
  const own = {
    promptImage: isImage ? promptImage : undefined,
    ratio: ratioOf(output, shape, 'video'),
    resolution: shape === undefined || shape.resolutions.length === 0 ? undefined : resolutionAmong(output, shape.resolutions),
  };
  const body = fieldsOf(call, shape, own, {
    duration: [seconds, 'duration_s'],
    audio: [output.audio, 'audio'],
    seed: [output.seed, 'seed'],
    negativePrompt: [call.negativePrompt === '' ? undefined : (call.negativePrompt ?? undefined), 'negative_prompt'],
    references: [uris.length === 0 ? undefined : uris, 'images'],
    referenceVideos: [call.video === null ? undefined : [{ type: 'video', uri: await send(call.video) }], 'video'],
  });
  return { path: isImage ? 'v1/image_to_video' : 'v1/text_to_video', body };
}

/** `named`: values with the canonical parameters that they come from; only a model that has the field may be sent one. */
function fieldsOf(
  call: MediaCall,
  shape: Shape | undefined,
  own: JsonObject,
  named: Readonly<Record<string, readonly [value: unknown, canonical: string]>>,
): JsonObject {
  const body: JsonObject = { model: call.model, promptText: call.prompt, ...own };
  for (const [name, [value, canonical]] of Object.entries(named)) {
    if (value !== undefined && shape?.fields.includes(name) === false) {
      // `auto` asks for nothing, and an image gets its format here.
      if (value === 'auto' || (canonical === 'format' && call.kind === 'image')) continue;
      const place = /^(images|video|negative_prompt)$/.test(canonical) ? 'input' : 'output';
      throw unsupported(`${place}.${canonical}`, `\`${canonical}\``);
    }
    body[name] = value;
  }
  return overExtras(call.options ?? {}, body);
}

/** Two shapes this near are one: 1104x832 is called 4:3, 1584x672 21:9. */
const TOLERANCE = 0.04;
/** A frame of this many times more or fewer pixels is another resolution. */
const OTHER_RESOLUTION = 1.5;

/** The ratio in the model's own list that is what was asked for. */
function ratioOf(output: OutputParams, shape: Shape | undefined, kind: 'image' | 'video'): string | undefined {
  if (shape === undefined) {
    const size = parseSize(output.size) ?? sizeFrom(output.aspect_ratio, output.resolution, { width: 1280, height: 720 }, 2);
    return size === undefined ? undefined : `${size.width}:${size.height}`;
  }
  const { ratios } = shape;
  if (ratios.length === 0) return undefined;
  const isAsked = [output.size, output.aspect_ratio, output.resolution].some((text) => text !== undefined && !isAuto(text));
  if (!isAsked) return shape.required.includes('ratio') ? ratios[0] : undefined;
  const inPixels = ratios.filter((ratio) => Number(ratio.split(':')[0]) > 100);
  if (inPixels.length === 0) return ratioSent(output, ratios);
  return pixelRatio(output, inPixels, kind);
}

function pixelRatio(output: OutputParams, ratios: readonly string[], kind: 'image' | 'video'): string {
  const size = parseSize(output.size);
  const sizes = ratios.map((ratio) => ({ ratio, ...(parseSize(ratio) ?? { width: 1, height: 1 }) }));
  const [width = '', height = ''] = (ratioSent(output, []) ?? (kind === 'image' ? '1:1' : '16:9')).split(':');
  const wanted = size === undefined ? Number(width) / Number(height) : size.width / size.height;
  const off = (candidate: Size): number => Math.abs(Math.log(candidate.width / candidate.height / wanted));
  const nearest = Math.min(...sizes.map(off));
  if (!(nearest <= TOLERANCE) && output.aspect_ratio !== undefined && !isAuto(output.aspect_ratio))
    throw notOffered('output.aspect_ratio', output.aspect_ratio, ratios);
  const alike = sizes.filter((candidate) => off(candidate) <= Math.max(nearest, TOLERANCE));
  const pixels = pixelsOf(output, size, kind);
  const factor = (candidate: Size): number => Math.abs(Math.log((candidate.width * candidate.height) / pixels));
  const best = alike.reduce<(typeof alike)[number] | undefined>(
    (so, next) => (so === undefined || factor(next) < factor(so) ? next : so),
    undefined,
  );
  if (best === undefined) throw notOffered('output.size', output.size ?? '', ratios);
  if (kind === 'video' && output.resolution !== undefined && !isAuto(output.resolution) && factor(best) > Math.log(OTHER_RESOLUTION)) {
    throw notOffered('output.resolution', output.resolution, ratios);
  }
  return best.ratio;
}

/** How many pixels were asked for: a resolution names the shorter side of 16:9, an image's `2K` the side of a square. */
function pixelsOf({ resolution }: OutputParams, size: Size | undefined, kind: 'image' | 'video'): number {
  if (size !== undefined) return size.width * size.height;
  const thousands = kind === 'image' ? /^\s*([1248])k\s*$/i.exec(resolution ?? '')?.[1] : undefined;
  if (thousands !== undefined) return (Number(thousands) * 1024) ** 2;
  const shorter = Number.parseInt(resolutionWord(resolution ?? ''), 10);
  if (Number.isFinite(shorter)) return (shorter * shorter * 16) / 9;
  return kind === 'image' ? 1024 * 1024 : 1280 * 720;
}

function notOffered(param: string, value: string, ratios: readonly string[]): AppError {
  const message = `This model's provider does not make ${JSON.stringify(value)}. It makes ${ratios.map((ratio) => ratio.replace(':', 'x')).join(', ')}.`;
  return new AppError('unsupported_parameter', message, { param });
}
