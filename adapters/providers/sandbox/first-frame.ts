import { createHash } from 'node:crypto';
import { AppError } from '../../../domain/errors';
import type { MediaFile } from '../../../domain/provider/provider';
import { readWhole } from '../shared/media-file';
import type { Size } from '../../../domain/task/output-size';
import { loadSharp } from './sharp';

/** A first frame as its job carries it. */
export interface FirstFrame {
  readonly name: string;
  readonly bytes: Buffer;
  readonly preview: Buffer;
}

const MOST_PREVIEW_BYTES = 420;
const PREVIEW_SIDES = [40, 32, 24, 16, 8] as const;

/**
 * Fits an image to the video's size.
 * @throws AppError `provider_rejected` for bytes that are no image
 */
export async function firstFrame(file: MediaFile, size: Size): Promise<FirstFrame> {
  const source = await readWhole(file);
  const sharp = await loadSharp();
  try {
    const fitted = sharp(source, { limitInputPixels: 100_000_000 }).autoOrient().resize(size.width, size.height, { fit: 'cover' });
    const bytes = await fitted.flatten({ background: '#fff' }).jpeg({ quality: 92 }).toBuffer();
    const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.jpg`;
    return { name, bytes, preview: await previewOf(bytes) };
  } catch (error) {
    const message = 'An input image cannot be read. Send a PNG, JPEG or WebP.';
    throw new AppError(
      'provider_rejected',
      message,
      { param: 'input.images', providerCode: 'invalid_image', providerMessage: message },
      error,
    );
  }
}

async function previewOf(bytes: Buffer): Promise<Buffer> {
  const sharp = await loadSharp();
  for (const side of PREVIEW_SIDES) {
    const preview = await sharp(bytes).resize(side, side, { fit: 'fill' }).webp({ quality: 30, effort: 6 }).toBuffer();
    if (preview.byteLength <= MOST_PREVIEW_BYTES) return preview;
  }
  return sharp(bytes).resize(2, 2, { fit: 'fill' }).webp({ quality: 1 }).toBuffer();
}
