import type { Metadata, Sharp } from 'sharp';
import { AppError } from '../../domain/errors';
import { loadSharp } from './sharp';
import { watermarkOverlay } from './watermark';

const MAX_PIXELS = 8192 * 8192;
const THUMBNAIL_PX = 512;
const DECODED_PX = 64;
const DEFAULT_QUALITY = 90;

/** What is done to an image before it is kept. */
export interface ImageWishes {
  readonly watermark: string | null;
  readonly format: string | null;
  readonly compression: number | null;
}

/** An image as it is kept. */
export interface PreparedImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'avif';

/**
 * Decodes an image wholly, so that a broken or oversized one is refused before it is stored. The bytes stay as they came unless a watermark
 * or another format was asked for.
 * @throws AppError `invalid_image`
 */
export async function prepareImage(bytes: Uint8Array, wishes: ImageWishes): Promise<PreparedImage> {
  const { format, width, height } = await readMetadata(bytes);
  const wanted = wantedFormat(wishes.format) ?? format;
  const overlay = wishes.watermark === null ? null : watermarkOverlay(wishes.watermark, width, height);
  try {
    if (overlay === null && wanted === format) {
      await decode(bytes);
      return { bytes, contentType: `image/${format}`, width, height };
    }
    const upright = (await open(bytes)).autoOrient();
    const kept = await encode(overlay === null ? upright : upright.composite([overlay]), wanted, wishes.compression);
    return { bytes: kept, contentType: `image/${wanted}`, width, height };
  } catch (error) {
    throw notAnImage(error);
  }
}

/** Reads every line and keeps next to nothing, so that the memory does not grow with the image. */
async function decode(bytes: Uint8Array): Promise<void> {
  await (await open(bytes)).resize({ width: DECODED_PX, height: DECODED_PX, fit: 'inside', withoutEnlargement: true }).raw().toBuffer();
}

/** A WebP of at most so many pixels a side. */
export async function makeThumbnail(bytes: Uint8Array, sidePx = THUMBNAIL_PX): Promise<Uint8Array> {
  return (await open(bytes))
    .autoOrient()
    .resize({ width: sidePx, height: sidePx, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}

/** The image in another format, turned as it is seen. */
export async function convertImage(bytes: Uint8Array, format: ImageFormat): Promise<Uint8Array> {
  return encode((await open(bytes)).autoOrient(), format, null);
}

async function readMetadata(bytes: Uint8Array): Promise<{ format: ImageFormat; width: number; height: number }> {
  const read = await loadSharp();
  let metadata: Metadata;
  try {
    // Only the header is read here, so that an image that is too large is refused in our words.
    metadata = await read(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
  } catch (error) {
    throw notAnImage(error);
  }
  const format = formatOf(metadata);
  if (format === null) {
    throw new AppError('invalid_image', 'The image must be a PNG, JPEG, WebP, GIF or AVIF.');
  }
  if (metadata.width * metadata.height > MAX_PIXELS) {
    throw new AppError('invalid_image', `The image has more than ${MAX_PIXELS} pixels.`);
  }
  // As it is seen, with the camera's turn applied.
  return { format, width: metadata.autoOrient.width, height: metadata.autoOrient.height };
}

async function open(bytes: Uint8Array): Promise<Sharp> {
  return (await loadSharp())(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
}

function formatOf(metadata: Metadata): ImageFormat | null {
  if (metadata.format === 'heif') {
    return metadata.compression === 'av1' ? 'avif' : null;
  }
  const known = ['png', 'jpeg', 'webp', 'gif', 'avif'] as const;
  return known.find((format) => format === metadata.format) ?? null;
}

function wantedFormat(format: string | null): ImageFormat | null {
  const wanted = format === 'jpg' ? 'jpeg' : format;
  return wanted === 'png' || wanted === 'jpeg' || wanted === 'webp' ? wanted : null;
}

function encode(image: Sharp, format: ImageFormat, compression: number | null): Promise<Uint8Array> {
  const quality = Math.min(100, Math.max(1, Math.round(compression ?? DEFAULT_QUALITY)));
  const upright = image.keepIccProfile();
  switch (format) {
    case 'png':
      return upright.png().toBuffer();
    case 'jpeg':
      return upright.flatten({ background: '#ffffff' }).jpeg({ quality }).toBuffer();
    case 'webp':
      return upright.webp({ quality }).toBuffer();
    case 'gif':
      return upright.gif().toBuffer();
    case 'avif':
      return upright.avif({ quality }).toBuffer();
  }
}

function notAnImage(error: unknown): AppError {
  return new AppError('invalid_image', 'The image cannot be decoded: it is broken or cut off.', {}, error);
}
