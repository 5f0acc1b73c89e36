import type { MediaCall } from '../../../domain/provider/provider';
import { parseSize, ratioSent } from '../../../domain/task/output-size';
import type { MediaSupport } from '../shared/descriptor';
import type { JsonObject } from '../shared/json';
import { readDataUris } from '../shared/media-file';
import { overOptions, requireSupport, resolutionAmong, unsupported, vendorMark } from '../shared/media-request';

/** Parameters of a caller that are the vendor's own. */
export const IMAGE_PARAMS = ['prompt_optimizer', 'style'];
export const VIDEO_PARAMS = ['prompt_optimizer', 'fast_pretreatment'];

const IMAGE_RATIOS = ['1:1', '16:9', '4:3', '3:2', '2:3', '3:4', '9:16', '21:9'];
const VIDEO_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9'];
/** Of a video from a prompt alone, which the second version wants to be told. */
const DEFAULT_RATIO = '16:9';

/** H3 and what comes after it speak the second version of the API, all others the first. */
export function isSecondVersion(model: string): boolean {
  return /^minimax-h\d/i.test(model);
}

/** What the wire has a place for. */
export function supports(operation: 'image' | 'video', model: string): MediaSupport {
  const references = ['reference', 'subject'] as const;
  if (operation === 'image') {
    return {
      parameters: ['size', 'aspect_ratio', 'n', 'seed', 'watermark', 'format', 'compression'],
      roles: references,
      capabilities: { maxN: 9 },
    };
  }
  const common = ['size', 'resolution', 'n', 'duration_s', 'watermark', 'format'] as const;
  const roles = ['first_frame', 'last_frame', ...references] as const;
  if (!isSecondVersion(model)) return { parameters: common, roles, capabilities: { maxN: 1 } };
  const minDurationS = /^minimax-h3/i.test(model) ? 4 : 5;
  return { parameters: [...common, 'aspect_ratio'], roles: [...roles, 'style'], capabilities: { maxN: 1, minDurationS, maxDurationS: 15 } };
}

/** The body of a video's create, in the version that the model speaks. @throws AppError `unsupported_parameter` */
export async function videoBody(call: MediaCall): Promise<JsonObject> {
  requireSupport(call, supports('video', call.model));
  const urls = await readDataUris(call.images);
  const images = call.images.map(({ role }, index) => ({ role, url: urls[index] ?? '' }));
  for (const frame of ['first_frame', 'last_frame']) {
    if (images.filter(({ role }) => role === frame).length > 1)
      throw unsupported('input.images', `more than one image of the role ${frame}`);
  }
  const common = {
    model: call.model,
    duration: call.output.duration_s,
    aigc_watermark: vendorMark(call),
    callback_url: call.callbackUrl ?? undefined,
  };
  const own = isSecondVersion(call.model) ? secondVersion(call, images) : firstVersion(call, images);
  return overOptions(call, VIDEO_PARAMS, { ...common, ...own });
}

interface Image {
  readonly role: string;
  readonly url: string;
}

function firstVersion({ model, prompt, output }: MediaCall, images: readonly Image[]): JsonObject {
  const first = images.find(({ role }) => role === 'first_frame')?.url;
  // A prompt alone makes 16:9; an image gives the video its ratio.
  if (first === undefined && (ratioSent({ size: output.size ?? '' }, VIDEO_RATIOS) ?? DEFAULT_RATIO) !== DEFAULT_RATIO) {
    throw unsupported('output.size', 'another ratio than 16:9 without a first frame');
  }
  const subjects = images.filter(({ role }) => role !== 'first_frame' && role !== 'last_frame').map(({ url }) => url);
  const resolutions = /^[TIS]2V-01/i.test(model) ? ['720P'] : ['512P', '768P', '1080P'];
  return {
    prompt,
    first_frame_image: first,
    last_frame_image: images.find(({ role }) => role === 'last_frame')?.url,
    subject_reference: subjects.length === 0 ? undefined : [{ type: 'character', image: subjects }],
    resolution: resolutionAmong(output, resolutions),
  };
}

function secondVersion({ prompt, output }: MediaCall, images: readonly Image[]): JsonObject {
  const isFrame = ({ role }: Image) => role === 'first_frame' || role === 'last_frame';
  const hasFrames = images.some(isFrame);
  if (hasFrames && !images.every(isFrame)) throw unsupported('input.images', 'frames and references together');
  const content = images.map((image) => ({
    type: 'image_url',
    role: isFrame(image) ? image.role : 'reference_image',
    image_url: { url: image.url },
  }));
  const ratio = ratioSent(output, VIDEO_RATIOS);
  return {
    content: [{ type: 'text', text: prompt }, ...content],
    resolution: resolutionAmong(output, ['480P', '768P', '2K']),
    // Frames give the video their ratio, and the vendor refuses to be told one beside them.
    ratio: hasFrames ? undefined : (ratio ?? (images.length === 0 ? DEFAULT_RATIO : undefined)),
  };
}

/** The body of an image call. @throws AppError `unsupported_parameter` */
export async function imageBody(call: MediaCall): Promise<JsonObject> {
  requireSupport(call, supports('image', call.model));
  const { output } = call;
  const urls = await readDataUris(call.images);
  const pixels = output.aspect_ratio === undefined ? parseSize(output.size) : undefined;
  return overOptions({ ...call, options: { response_format: 'base64', ...call.options } }, IMAGE_PARAMS, {
    model: call.model,
    prompt: call.prompt,
    aspect_ratio: pixels === undefined ? ratioSent(output, IMAGE_RATIOS) : undefined,
    width: pixels?.width,
    height: pixels?.height,
    n: output.n,
    seed: output.seed,
    aigc_watermark: vendorMark(call),
    subject_reference: urls.length === 0 ? undefined : urls.map((url) => ({ type: 'character', image_file: url })),
  });
}
