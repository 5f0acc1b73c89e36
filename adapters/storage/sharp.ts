import type { Sharp, SharpOptions } from 'sharp';

/** Opens an image. */
export type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

let loading: Promise<OpenImage> | null = null;

/** The image library, loaded with the first image: a process that sees none keeps its 10 MB. */
export function loadSharp(): Promise<OpenImage> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // The process has other work: one thread an image, and no cache of images that nobody asks for twice.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}
