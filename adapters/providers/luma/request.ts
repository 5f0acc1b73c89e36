import type { MediaCall } from '../../../domain/provider/provider';
import { ratioSent } from '../../../domain/task/output-size';
import type { JsonObject } from '../shared/json';
import { imagesOf, overOptions, RATIOS, resolutionAmong, unsupported } from '../shared/media-request';
import { readDataUris } from '../shared/media-file';

export const RESOLUTIONS = ['540p', '720p', '1080p', '4k'];
/** Identities of a subject are told apart by no parameter of ours: all images of subjects are one person. */
const MOST_IMAGE_REFS = 4;

/** The create of a generation. @throws AppError `unsupported_parameter` for inputs that Luma has no place for */
export async function lumaRequest(call: MediaCall): Promise<{ readonly path: string; readonly body: JsonObject }> {
  if (call.video !== null) throw unsupported('input.video', 'an input video');
  const { callbackUrl, output } = call;
  if ((output.n ?? 1) > 1) throw unsupported('output.n', 'more than one output');
  const common = {
    model: call.model,
    prompt: call.prompt,
    aspect_ratio: ratioSent(output, RATIOS),
    callback_url: callbackUrl ?? undefined,
  };
  return call.kind === 'image'
    ? { path: 'generations/image', body: overOptions(call, [], { ...common, ...(await imageFields(call)) }) }
    : { path: 'generations/video', body: overOptions(call, ['loop'], { ...common, ...(await videoFields(call)) }) };
}

async function imageFields(call: MediaCall): Promise<JsonObject> {
  const references = imagesOf(call, 'reference', 'first_frame');
  const [styles, subjects] = [imagesOf(call, 'style'), imagesOf(call, 'subject')];
  if (references.length + styles.length + subjects.length < call.images.length) {
    throw unsupported('input.images', 'a mask or a last frame for an image');
  }
  if (references.length > MOST_IMAGE_REFS) throw unsupported('input.images', `more than ${MOST_IMAGE_REFS} reference images`);
  const uris = await readDataUris([...references, ...styles, ...subjects]);
  const images = uris.slice(0, references.length).map((url) => ({ url }));
  const styled = uris.slice(references.length, references.length + styles.length).map((url) => ({ url }));
  const faces = uris.slice(references.length + styles.length);
  const { format } = call.output;
  return {
    format: format === 'jpeg' ? 'jpg' : format,
    image_ref: images.length === 0 ? undefined : images,
    style_ref: styled.length === 0 ? undefined : styled,
    character_ref: faces.length === 0 ? undefined : { identity0: { images: faces } },
  };
}

async function videoFields(call: MediaCall): Promise<JsonObject> {
  const [first, second] = imagesOf(call, 'first_frame');
  const [last, another] = imagesOf(call, 'last_frame');
  const frames = [first, last].filter((frame) => frame !== undefined);
  if (second !== undefined || another !== undefined || frames.length < call.images.length) {
    throw unsupported('input.images', 'images for a video other than one first and one last frame');
  }
  const uris = [...(await readDataUris(frames))];
  const frame0 = first === undefined ? {} : { frame0: { type: 'image', url: uris.shift() } };
  const frame1 = last === undefined ? {} : { frame1: { type: 'image', url: uris.shift() } };
  const { duration_s: seconds } = call.output;
  return {
    resolution: resolutionAmong(call.output, RESOLUTIONS),
    duration: seconds === undefined ? undefined : `${seconds}s`,
    keyframes: frames.length === 0 ? undefined : { ...frame0, ...frame1 },
  };
}
