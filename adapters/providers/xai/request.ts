import type { MediaCall } from '../../../domain/provider/provider';
import { ratioSent } from '../../../domain/task/output-size';
import type { JsonObject } from '../shared/json';
import { readDataUris } from '../shared/media-file';
import { imagesOf, overOptions, RATIOS, resolutionAmong, unsupported } from '../shared/media-request';

interface XaiRequest {
  readonly path: string;
  readonly body: JsonObject;
}

export const VIDEO_RESOLUTIONS = ['480p', '720p', '1080p'];
const IMAGE_RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9', '2:3', '3:2', '1:2', '2:1', '9:20', '20:9'];

/** The create of images, or of their edit: both in JSON. @throws AppError `unsupported_parameter` for inputs that have no place */
export async function imageRequest(call: MediaCall): Promise<XaiRequest> {
  const { output } = call;
  const images = imagesOf(call, 'reference', 'subject', 'style', 'first_frame');
  if (images.length < call.images.length) throw unsupported('input.images', 'a mask or a last frame for an image');
  if (call.video !== null) throw unsupported('input.video', 'an input video for an image');
  const sources = (await readDataUris(images)).map((url) => ({ url, type: 'image_url' }));
  const body = overOptions(call, ['user'], {
    model: call.model,
    prompt: call.prompt,
    n: output.n,
    aspect_ratio: ratioSent(output, IMAGE_RATIOS),
    resolution: resolutionAmong(output, ['1k', '2k']),
    quality: output.quality === 'auto' ? undefined : output.quality,
    response_format: 'b64_json',
    image: sources.length === 1 ? sources[0] : undefined,
    images: sources.length > 1 ? sources : undefined,
  });
  return { path: images.length === 0 ? 'images/generations' : 'images/edits', body };
}

/** The create of a video, or of the edit of one. */
export async function videoRequest(call: MediaCall): Promise<XaiRequest> {
  const { output } = call;
  const [first, second] = imagesOf(call, 'first_frame');
  const [last, another] = imagesOf(call, 'last_frame');
  const references = imagesOf(call, 'reference', 'subject', 'style');
  const known = [first, second, last, another].filter((frame) => frame !== undefined).length + references.length;
  if (second !== undefined || another !== undefined || known < call.images.length) {
    throw unsupported('input.images', 'a mask, or more than one first and one last frame, for a video');
  }
  const isEdit = call.video !== null;
  if (isEdit) refuseWithVideo(call);
  const files = [first, last, call.video].filter((file) => file !== undefined && file !== null);
  const uris = [...(await readDataUris([...files, ...references]))];
  const take = (isThere: boolean): JsonObject | undefined => (isThere ? { url: uris.shift() } : undefined);
  const [image, lastFrame, video] = [take(first !== undefined), take(last !== undefined), take(isEdit)];
  const body = overOptions(call, ['user'], {
    model: call.model,
    prompt: call.prompt,
    image,
    last_frame: lastFrame,
    video,
    reference_images: references.length === 0 ? undefined : uris.map((url) => ({ url })),
    duration: output.duration_s,
    aspect_ratio: isEdit ? undefined : ratioSent(output, RATIOS),
    resolution: isEdit ? undefined : resolutionAmong(output, VIDEO_RESOLUTIONS),
    generate_audio: output.audio,
  });
  return { path: isEdit ? 'videos/edits' : 'videos/generations', body };
}

/** An edit keeps the length and the shape of its video. */
function refuseWithVideo({ images, output }: MediaCall): void {
  if (images.length > 0) throw unsupported('input.images', 'images beside an input video');
  for (const name of ['size', 'aspect_ratio', 'resolution', 'duration_s', 'audio'] as const) {
    if (output[name] !== undefined) throw unsupported(`output.${name}`, `\`${name}\` beside an input video`);
  }
}
