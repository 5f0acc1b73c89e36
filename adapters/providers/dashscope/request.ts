import type { MediaCall } from '../../../domain/provider/provider';
import { formatSize, parseSize, ratioSent, sizeSent } from '../../../domain/task/output-size';
import type { MediaSupport } from '../shared/descriptor';
import { isObject, overExtras, type JsonObject } from '../shared/json';
import { readDataUris } from '../shared/media-file';
import { overOptions, requireSupport, resolutionAmong, sizeOfArea, unsupported, vendorMark } from '../shared/media-request';

/** Parameters of a caller that are the vendor's own. */
export const PARAMS = ['prompt_extend', 'shot_type'];

/** A create in the vendor's words. */
export interface DashScopeRequest {
  /** Below the base URL. */
  readonly path: string;
  /** The answer is the result; else a task. */
  readonly isAtOnce: boolean;
  readonly body: JsonObject;
}

const RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4'];
const RESOLUTIONS = ['480P', '720P', '1080P'];
/** The sizes that Wan before 2.7 makes of a prompt, in the order of RATIOS. */
const LEGACY_SIZES: Readonly<Record<string, readonly string[]>> = {
  '480P': ['832*480', '480*832', '624*624'],
  '720P': ['1280*720', '720*1280', '960*960', '1088*832', '832*1088'],
  '1080P': ['1920*1080', '1080*1920', '1440*1440', '1632*1248', '1248*1632'],
};
/** The sizes of Qwen-Image, in the order of RATIOS. */
const QWEN_SIZES = ['1664*928', '928*1664', '1328*1328', '1472*1104', '1104*1472'];
const IMAGE_SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '4K': 4096 };
/** A square of Wan's image models when nothing else is said; other ratios have as many pixels. */
const WAN_SIDE = 1280;

/** Wan before 2.7: sizes in pixels, and a field for each input image. */
const isLegacy = (model: string): boolean => /^wanx|^wan2\.[0-6]/.test(model);
const isWan27 = (model: string): boolean => model.startsWith('wan2.7');
/** What a model makes a video of, where its name tells. */
const modeOf = (model: string): string | undefined => /-(t2v|i2v|kf2v|r2v)/.exec(model)?.[1];

/** What the wire has a place for. */
export function supports(operation: 'image' | 'video', model: string): MediaSupport {
  const common = ['size', 'resolution', 'n', 'seed', 'watermark', 'format', 'negative_prompt'] as const;
  if (operation === 'image') {
    const takesImages = imagePath(model) !== 'services/aigc/text2image/image-synthesis';
    const roles = takesImages ? (['reference', 'style', 'subject'] as const) : [];
    return { parameters: [...common, 'aspect_ratio', 'compression'], roles, capabilities: { maxN: 6 } };
  }
  const ratio = takesRatio(model) ? (['aspect_ratio'] as const) : [];
  const hasAudio = !isWan27(model) && (!isLegacy(model) || /^wan2\.[56]/.test(model));
  const audio = hasAudio ? (['audio'] as const) : [];
  return { parameters: [...common, 'duration_s', ...ratio, ...audio], roles: videoRoles(model), capabilities: { maxN: 1 } };
}

/** A video made of an image has the image's ratio, but for the models that make everything. */
function takesRatio(model: string): boolean {
  const mode = modeOf(model);
  return mode === undefined || mode === 't2v' || mode === 'r2v';
}

function videoRoles(model: string): MediaSupport['roles'] {
  const references = ['reference', 'style', 'subject'] as const;
  const frames = ['first_frame', 'last_frame'] as const;
  const mode = modeOf(model);
  if (mode === 't2v') return [];
  if (mode === 'kf2v') return frames;
  if (mode === 'i2v') return isLegacy(model) ? ['first_frame'] : frames;
  // Before 2.7 references are taken by link alone.
  if (isLegacy(model)) return [];
  return mode === 'r2v' ? [...references, 'first_frame'] : [...references, ...frames];
}

/** The create of a video. @throws AppError `unsupported_parameter` */
export async function videoRequest(call: MediaCall): Promise<DashScopeRequest> {
  requireSupport(call, supports('video', call.model));
  const { model, output } = call;
  const urls = await readDataUris(call.images);
  const images = call.images.map(({ role }, index) => ({ role, url: urls[index] ?? '' }));
  const isFrame = ({ role }: { readonly role: string }) => role === 'first_frame' || role === 'last_frame';
  if (modeOf(model) !== 'r2v' && images.some(isFrame) && !images.every(isFrame)) {
    throw unsupported('input.images', 'frames and references together');
  }
  const first = images.find(({ role }) => role === 'first_frame')?.url;
  const last = images.find(({ role }) => role === 'last_frame')?.url;
  const isKeyframes = isLegacy(model) && modeOf(model) === 'kf2v';
  const inputs = isLegacy(model)
    ? isKeyframes
      ? { first_frame_url: first, last_frame_url: last }
      : { img_url: first }
    : {
        media:
          images.length === 0 ? undefined : images.map(({ role, url }) => ({ type: isFrame({ role }) ? role : 'reference_image', url })),
      };
  const hasSize = isLegacy(model) && takesRatio(model);
  const shape = hasSize
    ? { size: legacySize(call) }
    : {
        resolution: resolutionAmong(output, RESOLUTIONS),
        ratio: takesRatio(model) ? ratioSent(output, RATIOS) : undefined,
      };
  return {
    path: `services/aigc/${isKeyframes ? 'image2video' : 'video-generation'}/video-synthesis`,
    isAtOnce: false,
    body: bodyOf(
      call,
      { prompt: call.prompt, negative_prompt: call.negativePrompt ?? undefined, ...inputs },
      { ...shape, duration: output.duration_s, seed: output.seed, watermark: vendorMark(call), audio: output.audio },
    ),
  };
}

/** The create of images. @throws AppError `unsupported_parameter` */
export async function imageRequest(call: MediaCall): Promise<DashScopeRequest> {
  requireSupport(call, supports('image', call.model));
  const { output } = call;
  const path = imagePath(call.model);
  const isPlain = path === 'services/aigc/text2image/image-synthesis';
  const urls = await readDataUris(call.images);
  const content = [...urls.map((image) => ({ image })), { text: call.prompt }];
  const negative = call.negativePrompt ?? undefined;
  return {
    path,
    isAtOnce: path === 'services/aigc/multimodal-generation/generation',
    body: bodyOf(call, isPlain ? { prompt: call.prompt, negative_prompt: negative } : { messages: [{ role: 'user', content }] }, {
      ...(isPlain ? {} : { negative_prompt: negative }),
      size: imageSize(call),
      n: output.n,
      seed: output.seed,
      watermark: vendorMark(call),
    }),
  };
}

/** Wan's image models work as tasks, Qwen-Image and the like answer with the result. */
function imagePath(model: string): string {
  if (/^wanx|^wan2\.[0-5]/.test(model)) return 'services/aigc/text2image/image-synthesis';
  return model.startsWith('wan') ? 'services/aigc/image-generation/generation' : 'services/aigc/multimodal-generation/generation';
}

/** A route's options are parameters, unless they are named `input` or `parameters` themselves. */
function bodyOf(call: MediaCall, input: JsonObject, parameters: JsonObject): JsonObject {
  const { input: ownInput, parameters: ownParameters, ...options } = call.options ?? {};
  const under = { ...options, ...(isObject(ownParameters) ? ownParameters : {}) };
  return {
    model: call.model,
    input: overExtras(isObject(ownInput) ? ownInput : {}, input),
    parameters: overOptions({ ...call, options: under }, PARAMS, parameters),
  };
}

function legacySize({ output }: MediaCall): string | undefined {
  const given = parseSize(output.size);
  if (given !== undefined) return starred(formatSize(given));
  const { aspect_ratio: ratio, resolution } = output;
  if (ratio === undefined && resolution === undefined) return undefined;
  const tier = LEGACY_SIZES[resolutionAmong(output, RESOLUTIONS) ?? '720P'];
  return tier?.[RATIOS.indexOf(ratioSent(output, RATIOS) ?? '16:9')] ?? starred(sizeSent('video', output));
}

function imageSize({ model, output }: MediaCall): string | undefined {
  const given = parseSize(output.size);
  if (given !== undefined) return starred(formatSize(given));
  const { size: _auto, ...shape } = output;
  const word = resolutionAmong(shape, Object.keys(IMAGE_SIDES));
  const ratio = ratioSent(shape, RATIOS);
  if (ratio === undefined && word === undefined) return undefined;
  if (ratio === undefined && /^wan(2\.[7-9]|[3-9])/.test(model)) return word;
  const side = word === undefined ? WAN_SIDE : IMAGE_SIDES[word];
  const qwen = word === undefined && model.startsWith('qwen') ? QWEN_SIZES[RATIOS.indexOf(ratio ?? '1:1')] : undefined;
  if (qwen !== undefined) return qwen;
  const size = side === undefined ? undefined : sizeOfArea(ratio ?? '1:1', side);
  return size === undefined ? starred(sizeSent('image', shape)) : starred(formatSize(size));
}

/** `1280*720` */
function starred(size: string | undefined): string | undefined {
  return size?.replace('x', '*');
}
