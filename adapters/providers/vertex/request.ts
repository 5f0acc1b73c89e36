import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import { parseSize, ratioSent, resolutionSent, resolutionWord } from '../../../domain/task/output-size';
import { isObject, overExtras, type JsonObject } from '../shared/json';

export const IMAGE_RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9'] as const;
export const VIDEO_RATIOS = ['16:9', '9:16'] as const;
const VIDEO_RESOLUTIONS = ['720p', '1080p', '2160p'] as const;

/** The route's options: known fields of the body as they are, all others are parameters. */
function optionsOf({ options = {} }: MediaCall): { readonly body: JsonObject; readonly parameters: JsonObject } {
  const { parameters, labels, ...others } = options;
  return { body: labels === undefined ? {} : { labels }, parameters: { ...others, ...(isObject(parameters) ? parameters : {}) } };
}

/**
 * The body of `predict` for Imagen.
 * @param files - the input images in base64, in the order of the call
 */
export function imageRequest(call: MediaCall, files: readonly string[]): JsonObject {
  const { output, images } = call;
  const { body, parameters } = optionsOf(call);
  const outputOptions = overExtras(isObject(parameters['outputOptions']) ? parameters['outputOptions'] : {}, {
    mimeType: output.format === undefined ? undefined : `image/${output.format === 'jpg' ? 'jpeg' : output.format}`,
    compressionQuality: output.compression,
  });
  return {
    ...body,
    instances: [{ prompt: call.prompt, ...(images.length === 0 ? {} : { referenceImages: images.map(referenceOf(files)) }) }],
    parameters: overExtras(
      { includeRaiReason: true, ...(images.length === 0 ? {} : { editMode: editModeOf(images) }), ...parameters },
      {
        sampleCount: output.n ?? 1,
        aspectRatio: ratioSent(output, IMAGE_RATIOS),
        sampleImageSize: imageSize(output),
        negativePrompt: call.negativePrompt ?? undefined,
        seed: output.seed,
        addWatermark: addWatermark(output, parameters),
        outputOptions: Object.keys(outputOptions).length === 0 ? undefined : outputOptions,
      },
    ),
  };
}

/** Google's own, invisible one: it is refused beside a seed. */
function addWatermark({ watermark, seed }: MediaCall['output'], options: JsonObject): boolean | undefined {
  if (typeof watermark === 'boolean') return watermark;
  return seed === undefined || options['addWatermark'] !== undefined ? undefined : false;
}

/** Imagen makes 1K and 2K. */
function imageSize({ resolution, size }: MediaCall['output']): string | undefined {
  if (/^\s*[124]k\s*$/i.test(resolution ?? '')) return resolution?.trim().toUpperCase();
  const pixels = parseSize(size);
  const longest = pixels === undefined ? undefined : Math.max(pixels.width, pixels.height);
  const wanted = resolution === undefined ? longest : Number.parseInt(resolutionWord(resolution), 10);
  if (wanted === undefined || Number.isNaN(wanted)) return resolution;
  return wanted <= 1536 ? '1K' : '2K';
}

function referenceOf(files: readonly string[]): (image: MediaFile, index: number) => JsonObject {
  return ({ role }, index) => {
    const type = { mask: 'MASK', style: 'STYLE', subject: 'SUBJECT' }[role] ?? 'RAW';
    return {
      referenceType: `REFERENCE_TYPE_${type}`,
      referenceId: index + 1,
      referenceImage: { bytesBase64Encoded: files[index] },
      ...(role === 'mask' ? { maskImageConfig: { maskMode: 'MASK_MODE_USER_PROVIDED' } } : {}),
      ...(role === 'subject' ? { subjectImageConfig: { subjectType: 'SUBJECT_TYPE_DEFAULT' } } : {}),
    };
  };
}

function editModeOf(images: readonly MediaFile[]): string | undefined {
  if (images.some(({ role }) => role === 'mask')) return 'EDIT_MODE_INPAINT_INSERTION';
  return images.some(({ role }) => role === 'style' || role === 'subject') ? undefined : 'EDIT_MODE_DEFAULT';
}

/**
 * The body of `predictLongRunning` for Veo.
 * @param files - the input images in base64, in the order of the call, then the input video
 */
export function videoRequest(call: MediaCall, files: readonly string[], storageUri: string | undefined): JsonObject {
  const { output, images, video } = call;
  const { body, parameters } = optionsOf(call);
  const held = images.map((image, index) => ({
    role: image.role,
    image: { bytesBase64Encoded: files[index], mimeType: image.contentType },
  }));
  const frame = (role: string) => held.find((entry) => entry.role === role)?.image;
  const references = held
    .filter(({ role }) => role !== 'first_frame' && role !== 'last_frame')
    .map(({ role, image }) => ({ image, referenceType: role === 'style' ? 'style' : 'asset' }));
  return {
    ...body,
    instances: [
      overExtras(
        {},
        {
          prompt: call.prompt,
          image: frame('first_frame'),
          lastFrame: frame('last_frame'),
          referenceImages: references.length === 0 ? undefined : references,
          video: video === null ? undefined : { bytesBase64Encoded: files[images.length], mimeType: video.contentType },
        },
      ),
    ],
    parameters: overExtras(
      { ...(storageUri === undefined ? {} : { storageUri }), ...parameters },
      {
        sampleCount: output.n ?? 1,
        aspectRatio: ratioSent(output, VIDEO_RATIOS),
        resolution: resolutionSent(output, VIDEO_RESOLUTIONS)?.replace('2160p', '4k'),
        durationSeconds: output.duration_s,
        generateAudio: output.audio,
        negativePrompt: call.negativePrompt ?? undefined,
        seed: output.seed,
      },
    ),
  };
}
