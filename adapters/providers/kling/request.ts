import { AppError } from '../../../domain/errors';
import type { Capabilities } from '../../../domain/provider/catalogue';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import type { MediaSupport } from '../shared/descriptor';
import { ratioSent, resolutionSent, resolutionWord } from '../../../domain/task/output-size';
import { readBase64 } from '../shared/media-file';
import { overOptions, requireSupport, unsupported, vendorMark } from '../shared/media-request';
import type { JsonObject } from '../shared/json';

/** Where a job is made and looked at: the vendor keeps its kinds apart. */
export const JOB_PATHS = [
  'videos/text2video',
  'videos/image2video',
  'videos/multi-image2video',
  'videos/omni-video',
  'images/generations',
  'images/multi-image2image',
  'images/omni-image',
] as const;
export type JobPath = (typeof JOB_PATHS)[number];

/** Parameters of a caller that are the vendor's own. */
export const IMAGE_PARAMS = ['image_reference', 'image_fidelity', 'human_fidelity', 'element_list', 'result_type', 'series_amount'];
export const VIDEO_PARAMS = [
  ...['mode', 'cfg_scale', 'camera_control', 'multi_shot', 'shot_type', 'multi_prompt', 'element_list', 'voice_list'],
  ...['static_mask', 'dynamic_masks'],
];

const IMAGE_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];
const VIDEO_RATIOS = ['16:9', '9:16', '1:1'];

/** The vendor names a video's resolution by its mode. */
const MODES: Readonly<Record<string, string>> = { '720p': 'std', '1080p': 'pro', '2160p': '4k' };
/** `1K` and the like, by the word that we have for them. */
const IMAGE_RESOLUTIONS: Readonly<Record<string, string>> = { '1024p': '1k', '1440p': '2k', '2160p': '4k' };
/** A square of 1K has as many pixels as a frame of 768p. */
const BY_SIZE: Readonly<Record<string, string>> = { '768p': '1k', '1536p': '2k', '3072p': '4k' };

/** Models that take everything in one list. */
function isOmni(model: string): boolean {
  return /omni|-o\d/.test(model);
}

/** What the wire has a place for. */
export function supports(operation: 'image' | 'video', model: string): MediaSupport {
  return operation === 'image' ? imageSupport(model) : videoSupport(model);
}

function imageSupport(model: string): MediaSupport {
  const negative = isOmni(model) ? [] : (['negative_prompt'] as const);
  return {
    parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'watermark', 'format', 'compression', ...negative],
    roles: ['reference', 'style', 'subject'],
    capabilities: { aspectRatios: IMAGE_RATIOS, maxN: 9 },
  };
}

function videoSupport(model: string): MediaSupport {
  const negative = isOmni(model) ? [] : (['negative_prompt'] as const);
  return {
    parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'duration_s', 'audio', 'watermark', 'format', ...negative],
    roles: ['first_frame', 'last_frame', 'reference', 'subject'],
    capabilities: { aspectRatios: VIDEO_RATIOS, maxN: 1, ...durations(model) },
  };
}

function durations(model: string): Capabilities {
  if (/^kling-v3|^kling-3|omni/.test(model)) return { minDurationS: 3, maxDurationS: 15 };
  return /^kling-v[12]/.test(model) ? { minDurationS: 5, maxDurationS: 10 } : {};
}

/**
 * The create of a job in the vendor's words.
 * @throws AppError `unsupported_parameter` for inputs that the model's wire has no place for
 */
export async function jobRequest(call: MediaCall): Promise<{ readonly path: JobPath; readonly body: JsonObject }> {
  requireSupport(call, supports(call.kind, call.model));
  const files = await readBase64(call.images);
  const images = call.images.map((image, index) => ({ role: image.role, data: files[index] ?? '' }));
  return call.kind === 'image' ? imageRequest(call, images) : videoRequest(call, images);
}

interface Image {
  readonly role: MediaFile['role'];
  readonly data: string;
}

function videoRequest(call: MediaCall, images: readonly Image[]) {
  const { output } = call;
  const common = {
    ...shared(call),
    mode: modeOf(call),
    aspect_ratio: ratioSent(output, VIDEO_RATIOS),
    duration: output.duration_s === undefined ? undefined : String(output.duration_s),
    sound: output.audio === undefined ? undefined : output.audio ? 'on' : 'off',
  };
  const body = (own: JsonObject) => overOptions(call, VIDEO_PARAMS, { ...common, ...own });
  if (isOmni(call.model)) {
    const types: Readonly<Record<string, string>> = { first_frame: 'first_frame', last_frame: 'end_frame' };
    const list = images.map(({ role, data }) => ({ image_url: data, ...(types[role] === undefined ? {} : { type: types[role] }) }));
    return { path: 'videos/omni-video', body: body({ image_list: list.length === 0 ? undefined : list }) } as const;
  }
  const [first, ...furtherFirst] = images.filter(({ role }) => role === 'first_frame');
  const [last, ...furtherLast] = images.filter(({ role }) => role === 'last_frame');
  const references = images.filter(({ role }) => role !== 'first_frame' && role !== 'last_frame');
  if (furtherFirst.length + furtherLast.length > 0) throw unsupported('input.images', 'more than one first or last frame');
  if (first === undefined && last === undefined) {
    if (references.length === 0) return { path: 'videos/text2video', body: body({}) } as const;
    return { path: 'videos/multi-image2video', body: body({ image_list: references.map(({ data }) => ({ image: data })) }) } as const;
  }
  if (references.length > 0) throw unsupported('input.images', 'frames and references together');
  return { path: 'videos/image2video', body: body({ image: first?.data, image_tail: last?.data }) } as const;
}

function imageRequest(call: MediaCall, images: readonly Image[]) {
  const { output } = call;
  const common = {
    ...shared(call),
    n: output.n,
    aspect_ratio: ratioSent(output, IMAGE_RATIOS),
    resolution: imageResolution(call),
  };
  const body = (own: JsonObject) => overOptions(call, IMAGE_PARAMS, { ...common, ...own });
  if (isOmni(call.model)) {
    const list = images.length === 0 ? undefined : images.map(({ data }) => ({ image: data }));
    return { path: 'images/omni-image', body: body({ image_list: list }) } as const;
  }
  const [style, ...furtherStyles] = images.filter(({ role }) => role === 'style');
  const [only, ...others] = images.filter(({ role }) => role !== 'style');
  if (furtherStyles.length > 0) throw unsupported('input.images', 'more than one image for the style');
  if (style !== undefined && only === undefined) throw unsupported('input.images', 'an image for the style without a reference');
  if (only !== undefined && (style !== undefined || others.length > 0)) {
    const subjects = [only, ...others].map(({ data }) => ({ subject_image: data }));
    return { path: 'images/multi-image2image', body: body({ subject_image_list: subjects, style_image: style?.data }) } as const;
  }
  const reference = only?.role === 'subject' ? 'subject' : undefined;
  return { path: 'images/generations', body: body({ image: only?.data, image_reference: reference }) } as const;
}

function shared(call: MediaCall): JsonObject {
  const mark = vendorMark(call);
  return {
    model_name: call.model,
    prompt: call.prompt,
    negative_prompt: call.negativePrompt ?? undefined,
    watermark_info: mark === undefined ? undefined : { enabled: mark },
    callback_url: call.callbackUrl ?? undefined,
    external_task_id: call.operationKey,
  };
}

function modeOf({ output }: MediaCall): string | undefined {
  const resolution = resolutionSent(output, ['720p', '1080p', '2160p']);
  const mode = resolution === undefined ? undefined : MODES[resolution];
  if (resolution === undefined || mode !== undefined) return mode;
  const message = 'This model makes 720p, 1080p and, where it can, 4k. Give one of these as the resolution.';
  throw new AppError('unsupported_parameter', message, { param: 'output.resolution' });
}

function imageResolution({ output: { resolution, size } }: MediaCall): string | undefined {
  if (resolution !== undefined) return IMAGE_RESOLUTIONS[resolutionWord(resolution)] ?? resolution;
  const nearest = resolutionSent(size === undefined ? {} : { size }, Object.keys(BY_SIZE));
  return nearest === undefined ? undefined : BY_SIZE[nearest];
}
