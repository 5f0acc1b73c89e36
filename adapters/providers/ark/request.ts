import type { MediaCall } from '../../../domain/provider/provider';
import { formatSize, parseSize, ratioSent, sizeFrom } from '../../../domain/task/output-size';
import type { MediaSupport } from '../shared/descriptor';
import { readDataUris } from '../shared/media-file';
import type { JsonObject } from '../shared/json';
import { overOptions, requireSupport, resolutionAmong, sizeOfArea, unsupported, vendorMark } from '../shared/media-request';

/** Parameters of a caller that are the vendor's own. */
export const IMAGE_PARAMS = [
  'guidance_scale',
  'sequential_image_generation',
  'sequential_image_generation_options',
  'optimize_prompt_options',
];
export const VIDEO_PARAMS = [
  ...['frames', 'camera_fixed', 'return_last_frame', 'service_tier', 'execution_expires_after', 'draft', 'priority'],
  ...['safety_identifier', 'omni_reference_task_type'],
];

const VIDEO_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];
const VIDEO_RESOLUTIONS = ['480p', '720p', '1080p', '4k'];
/** Sides of a square of each of the vendor's sizes; other ratios have as many pixels. */
const IMAGE_SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '4K': 4096 };
const SIDE_STEP = 16;

/** What the wire has a place for. */
export function supports(operation: 'image' | 'video'): MediaSupport {
  const common = ['size', 'aspect_ratio', 'resolution', 'n', 'seed', 'watermark', 'format'] as const;
  return operation === 'image'
    ? { parameters: [...common, 'compression'], roles: ['reference', 'style', 'subject'], capabilities: { maxN: 15 } }
    : {
        parameters: [...common, 'duration_s', 'audio'],
        roles: ['first_frame', 'last_frame', 'reference', 'style', 'subject'],
        capabilities: { maxN: 1 },
      };
}

/** The body of a video's task. @throws AppError `unsupported_parameter` */
export async function videoBody(call: MediaCall): Promise<JsonObject> {
  requireSupport(call, supports('video'));
  const { output } = call;
  const roles = call.images.map(({ role }) => (role === 'first_frame' || role === 'last_frame' ? role : 'reference_image'));
  if (roles.includes('reference_image') && roles.some((role) => role !== 'reference_image')) {
    throw unsupported('input.images', 'frames and references together');
  }
  const urls = await readDataUris(call.images);
  const images = urls.map((url, index) => ({ type: 'image_url', role: roles[index], image_url: { url } }));
  return overOptions(call, VIDEO_PARAMS, {
    model: call.model,
    content: [{ type: 'text', text: call.prompt }, ...images],
    ratio: ratioSent(output, VIDEO_RATIOS),
    resolution: resolutionAmong(output, VIDEO_RESOLUTIONS),
    duration: output.duration_s,
    generate_audio: output.audio,
    seed: output.seed,
    watermark: vendorMark(call),
    callback_url: call.callbackUrl ?? undefined,
  });
}

/** The body of an image call. @throws AppError `unsupported_parameter` */
export async function imageBody(call: MediaCall): Promise<JsonObject> {
  requireSupport(call, supports('image'));
  const { output } = call;
  const urls = await readDataUris(call.images);
  const several = output.n === undefined || output.n === 1 ? undefined : output.n;
  return overOptions({ ...call, options: { response_format: 'b64_json', ...call.options } }, IMAGE_PARAMS, {
    model: call.model,
    prompt: call.prompt,
    image: urls.length > 1 ? urls : urls[0],
    size: imageSize(call),
    seed: output.seed,
    watermark: vendorMark(call),
    output_format: formatOf(call),
    sequential_image_generation: several === undefined ? undefined : 'auto',
    sequential_image_generation_options: several === undefined ? undefined : { max_images: several },
  });
}

/** A size in pixels as it was given; a ratio as pixels of the resolution; a resolution alone as the vendor's word for it. */
function imageSize({ output }: MediaCall): string | undefined {
  const given = parseSize(output.size);
  if (given !== undefined) return formatSize(given);
  const { size: _auto, ...shape } = output;
  const word = resolutionAmong(shape, Object.keys(IMAGE_SIDES));
  if (shape.aspect_ratio === undefined) return word;
  const side = IMAGE_SIDES[word ?? '2K'];
  // Another resolution than the vendor names is the shortest side.
  const size =
    side === undefined
      ? sizeFrom(shape.aspect_ratio, word, { width: 2048, height: 2048 }, SIDE_STEP)
      : sizeOfArea(shape.aspect_ratio, side);
  return size === undefined ? word : formatSize(size);
}

/** Models before 5 make JPEG and know no field for it; what they make is converted when it is stored. */
function formatOf({ model, output }: MediaCall): string | undefined {
  const isKnown = output.format === 'png' || output.format === 'jpeg';
  return isKnown && !/seedream-[34]|seededit/.test(model) ? output.format : undefined;
}
