import type { OverlayOptions, Sharp } from 'sharp';
import { AppError } from '../../../domain/errors';
import type { Size } from '../../../domain/task/output-size';
import { loadSharp } from './sharp';

/** Images that came in. */
export interface Sources {
  readonly images: readonly Uint8Array[];
  readonly mask: Uint8Array | null;
}

const MOST_PIXELS = 100_000_000;
const TILE_SHARE = 0.25;

/** The size of an image that came in, upright. */
export async function sizeOf(image: Uint8Array): Promise<Size> {
  const sharp = await loadSharp();
  const { autoOrient } = await readable(sharp(image, { limitInputPixels: MOST_PIXELS }).metadata());
  return { width: autoOrient.width, height: autoOrient.height };
}

/**
 * Lays the drawing over the first image: all of it, or with a mask at full strength where the mask is transparent. Further
 * images become tiles in the corner. Without images the drawing alone.
 * @throws AppError `provider_rejected` for bytes that are no image
 */
export async function compose(drawing: Buffer, sources: Sources, size: Size): Promise<Sharp> {
  const sharp = await loadSharp();
  const [first, ...others] = sources.images;
  if (first === undefined) return sharp(drawing);
  const base = await readable((await fitted(first, size)).png().toBuffer());
  const tiles = await Promise.all(others.slice(0, 3).map((image, index) => tileOf(image, size, index)));
  if (sources.mask === null) return sharp(base).composite([{ input: drawing, blend: 'soft-light' }, ...tiles]);
  const mask = await fitted(sources.mask, size);
  if (!(await readable(sharp(sources.mask).metadata())).hasAlpha) throw refused('The mask must have an alpha channel.');
  const kept = await sharp(base)
    .ensureAlpha()
    .composite([{ input: await readable(mask.png().toBuffer()), blend: 'dest-in' }])
    .png()
    .toBuffer();
  return sharp(drawing).composite([{ input: kept }, ...tiles]);
}

async function fitted(image: Uint8Array, size: Size): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(image, { limitInputPixels: MOST_PIXELS }).autoOrient().resize(size.width, size.height, { fit: 'cover' });
}

async function tileOf(image: Uint8Array, size: Size, index: number): Promise<OverlayOptions> {
  const side = Math.max(4, Math.round(Math.min(size.width, size.height) * TILE_SHARE));
  const input = await readable((await fitted(image, { width: side, height: side })).png().toBuffer());
  return { input, left: Math.max(0, size.width - side), top: Math.min(side * index, Math.max(0, size.height - side)) };
}

async function readable<Value>(work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => {
    throw refused('An input image cannot be read. Send a PNG, JPEG or WebP.', error);
  });
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError(
    'provider_rejected',
    message,
    { param: 'input.images', providerCode: 'invalid_image', providerMessage: message },
    cause,
  );
}
