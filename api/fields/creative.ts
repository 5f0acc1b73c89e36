import { z } from 'zod';

/**
 * The canonical creative parameters of images and videos: one place for every entrance, which takes the spellings that people and other
 * APIs use and gives one: `720P` is `720p`, `1280*720` is `1280x720`, `16x9` is `16:9`, `"5s"` is 5.
 */
const SEPARATOR = /\s*[x×*:/]\s*/iu;

/** "1024x1024", each side 16 to 8192 pixels, or auto. */
export const size = z
  .string()
  .transform((text) => text.trim().toLowerCase().split(SEPARATOR).join('x'))
  .pipe(
    z
      .string()
      .regex(/^(auto|\d{1,5}x\d{1,5})$/, 'must be "auto" or WIDTHxHEIGHT in pixels, such as "1024x1024"')
      .refine((value) => value === 'auto' || value.split('x').every((side) => Number(side) >= 16 && Number(side) <= 8192), {
        message: 'Invalid size: both sides must be 16 to 8192 pixels.',
      }),
  );

/** "16:9": whole numbers above 0, no side over a hundred times the other. */
export const aspectRatio = z
  .string()
  .transform((text) => text.trim().split(SEPARATOR).join(':'))
  .pipe(
    z
      .string()
      .regex(/^\d{1,3}:\d{1,3}$/, 'must be a ratio of whole numbers such as "16:9"')
      .refine(
        (ratio) => {
          const [width = 0, height = 0] = ratio.split(':').map(Number);
          return width > 0 && height > 0 && width <= height * 100 && height <= width * 100;
        },
        { message: 'Invalid aspect_ratio: both numbers must be above 0, and neither over a hundred times the other.' },
      ),
  );

/** "720p", "4k"; a size in pixels is the resolution of its shorter side. */
export const resolution = z
  .string()
  .min(1)
  .max(32)
  .transform((text) => {
    const word = text.trim().toLowerCase();
    const sides = word.split(SEPARATOR);
    if (sides.length === 2 && sides.every((side) => /^\d{1,5}$/.test(side))) return `${Math.min(...sides.map(Number))}p`;
    return /^\d{3,4}$/.test(word) ? `${word}p` : word;
  });

/** "high" */
export const quality = z
  .string()
  .min(1)
  .max(32)
  .transform((text) => text.trim().toLowerCase());

const LONGEST_S = 600;

/** Seconds: 5, "5", "5s". */
export const duration = z
  .union([z.number(), z.string().regex(/^\s*\d{1,4}(\.\d{1,3})?\s*(s|secs?|seconds?)?\s*$/i, 'must be a number of seconds, such as 5')])
  .transform((value) => (typeof value === 'number' ? value : Number.parseFloat(value)))
  .refine((value) => value > 0 && value <= LONGEST_S, { message: `must be above 0 and at most ${LONGEST_S} seconds.` });

export const seed = z.int().min(0).max(4_294_967_295);

/** "png", "jpeg" (also "jpg"), "webp", in any case. */
export const imageFormat = z
  .string()
  .transform((text) => text.trim().toLowerCase().replace(/^jpg$/, 'jpeg'))
  .pipe(z.enum(['png', 'jpeg', 'webp']));

export const background = z.enum(['auto', 'transparent', 'opaque']);
export const compression = z.int().min(0).max(100);
export const count = z.int().min(1).max(10);
/** How many unfinished images are shown while one is made. */
export const partialImages = z.int().min(0).max(3);
export const negativePrompt = z.string().max(32_000);
/** True, or the words to draw. */
export const watermark = z.union([z.boolean(), z.string().min(1).max(200)]);

/** Those that images and videos share, as every entrance takes them. */
export const shared = {
  size: size.nullish(),
  aspect_ratio: aspectRatio.nullish(),
  resolution: resolution.nullish(),
  quality: quality.nullish(),
  n: count.nullish(),
  seed: seed.nullish(),
  watermark: watermark.nullish(),
};
