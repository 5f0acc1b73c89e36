import type { MediaCall } from '../../../domain/provider/provider';
import { parseSize, ratioSent, sizeFrom, type Size } from '../../../domain/task/output-size';
import type { JsonObject } from '../shared/json';
import { readBase64 } from '../shared/media-file';
import { imagesOf, overOptions, RATIOS, unsupported } from '../shared/media-request';

/** Models that know ratios; the others are sent pixels. */
const WITH_RATIOS = /kontext|ultra/;
const MOST_IMAGES = 10;
/** FLUX works in blocks of this many pixels. */
const STEP = 16;

/** A model's input. @throws AppError `unsupported_parameter` for inputs that have no place */
export async function bflRequest(call: MediaCall): Promise<JsonObject> {
  const { output } = call;
  const images = imagesOf(call, 'reference', 'subject', 'style', 'first_frame');
  const [mask, another] = imagesOf(call, 'mask');
  if (call.video !== null) throw unsupported('input.video', 'an input video');
  if ((output.n ?? 1) > 1) throw unsupported('output.n', 'more than one image at a time');
  if (another !== undefined || images.length + (mask === undefined ? 0 : 1) < call.images.length) {
    throw unsupported('input.images', 'a last frame, or more than one mask');
  }
  if (images.length > MOST_IMAGES) throw unsupported('input.images', `more than ${MOST_IMAGES} images`);
  const texts = [...(await readBase64(mask === undefined ? images : [mask, ...images]))];
  const maskText = mask === undefined ? undefined : texts.shift();
  // The models for masks call the image that is painted over by another name.
  const nameOf = (index: number): string => (maskText === undefined ? `input_image${index === 0 ? '' : `_${index + 1}`}` : 'image');
  if (maskText !== undefined && texts.length !== 1) throw unsupported('input.images', 'a mask without exactly one image');
  return overOptions(call, [], {
    prompt: call.prompt,
    ...shapeOf(call),
    seed: output.seed,
    output_format: output.format,
    mask: maskText,
    ...Object.fromEntries(texts.map((text, index) => [nameOf(index), text])),
  });
}

function shapeOf({ model, output }: MediaCall): JsonObject {
  if (WITH_RATIOS.test(model)) return { aspect_ratio: ratioSent(output, RATIOS) };
  const size =
    parseSize(output.size) ?? sizeFrom(output.aspect_ratio, output.resolution, { width: 1024, height: 1024 } satisfies Size, STEP);
  return { width: size?.width, height: size?.height };
}
