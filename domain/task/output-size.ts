import type { OutputParams } from './generation';

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Shortest side in pixels by name, as users write resolutions. */
const RESOLUTIONS: Readonly<Record<string, number>> = {
  '480p': 480,
  '540p': 540,
  '720p': 720,
  '768p': 768,
  '1080p': 1080,
  '1440p': 1440,
  '2160p': 2160,
  '1k': 1024,
  '2k': 1440,
  '4k': 2160,
};

/** A square of 1024 is what image models make unless they are told; sides divisible by 16 are what those that take any size want. */
const IMAGE = { base: { width: 1024, height: 1024 }, step: 16 };
/** Encoders want even sides. */
const VIDEO = { base: { width: 1280, height: 720 }, step: 2 };

/**
 * The size that providers with sizes are sent, and that the price is looked up by: `size` as it was given, else what aspect ratio and
 * resolution mean together; undefined when nothing says.
 * @example sizeSent('image', { aspect_ratio: '1:1' }) // '1024x1024'
 */
export function sizeSent(operation: 'image' | 'video', output: OutputParams): string | undefined {
  if (output.size !== undefined) return output.size;
  const { base, step } = operation === 'image' ? IMAGE : VIDEO;
  const derived = sizeFrom(output.aspect_ratio, output.resolution, base, step);
  return derived === undefined ? undefined : formatSize(derived);
}

/**
 * The aspect ratio that providers without sizes are sent: as it was given, else the one of these that is nearest to `size`; undefined when
 * neither says; `auto` says nothing.
 * @example ratioSent({ size: '1920x1088' }, ['16:9', '1:1']) // '16:9'
 */
export function ratioSent({ aspect_ratio: given, size }: OutputParams, ratios: readonly string[]): string | undefined {
  if (given !== undefined && !isAuto(given)) return given.trim().replace(/\s*[x/]\s*/i, ':');
  const pixels = parseSize(size);
  if (pixels === undefined) return undefined;
  const distance = (ratio: string) => Math.abs(Math.log((parseRatio(ratio) ?? Infinity) / (pixels.width / pixels.height)));
  return [...ratios].sort((left, right) => distance(left) - distance(right))[0];
}

/**
 * The resolution that providers without sizes are sent, as `720p`: `resolution` as it was given, else the one of these whose 16:9 frame has
 * about as many pixels as `size`; undefined when neither says.
 * @example resolutionSent({ size: '960x960' }, ['480p', '720p', '1080p']) // '720p'
 */
export function resolutionSent({ resolution, size }: OutputParams, tiers: readonly string[]): string | undefined {
  if (resolution !== undefined && !isAuto(resolution)) return resolutionWord(resolution);
  const pixels = parseSize(size);
  if (pixels === undefined) return undefined;
  const distance = (tier: string) => Math.abs(Math.log((Number.parseInt(tier, 10) ** 2 * (16 / 9)) / (pixels.width * pixels.height)));
  return [...tiers].sort((left, right) => distance(left) - distance(right))[0];
}

/** The provider's choice, as if nothing had been said. */
export function isAuto(text: string): boolean {
  return text.trim().toLowerCase() === 'auto';
}

/**
 * One word for what is the same resolution: `720p` for `720P`, `1280x720` and `720*1280`, `2160p` for `4k`; other words in lower case.
 */
export function resolutionWord(text: string): string {
  const size = parseSize(text);
  const word = text.trim().toLowerCase();
  const shortest = size === undefined ? RESOLUTIONS[word] : Math.min(size.width, size.height);
  return shortest === undefined ? word : `${shortest}p`;
}

/** "1024x1024" → the size; undefined for `auto` and anything else. The separators `x`, `×`, `*` and `:` are all in use. */
export function parseSize(text: string | undefined): Size | undefined {
  const match = /^\s*(\d{1,6})\s*[x×*:]\s*(\d{1,6})\s*$/i.exec(text ?? '');
  return match === null ? undefined : { width: Number(match[1]), height: Number(match[2]) };
}

/**
 * The size an aspect ratio and a resolution mean together; undefined when neither is given or understood.
 * @param base - the shortest side for a ratio without a resolution, in pixels
 * @param step - both sides are rounded to a multiple of it
 */
export function sizeFrom(aspectRatio: string | undefined, resolution: string | undefined, base: Size, step: number): Size | undefined {
  const ratio = parseRatio(aspectRatio);
  const shortest = RESOLUTIONS[(resolution ?? '').trim().toLowerCase()];
  if (ratio === undefined && shortest === undefined) return undefined;
  const proportion = ratio ?? base.width / base.height;
  const short = shortest ?? Math.min(base.width, base.height);
  const width = proportion >= 1 ? short * proportion : short;
  const height = proportion >= 1 ? short : short / proportion;
  return { width: toStep(width, step), height: toStep(height, step) };
}

/** "1280x720" */
export function formatSize(size: Size): string {
  return `${size.width}x${size.height}`;
}

function parseRatio(text: string | undefined): number | undefined {
  const match = /^\s*(\d{1,4}(?:\.\d+)?)\s*[:x/]\s*(\d{1,4}(?:\.\d+)?)\s*$/i.exec(text ?? '');
  const ratio = match === null ? Number.NaN : Number(match[1]) / Number(match[2]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

function toStep(pixels: number, step: number): number {
  return Math.max(step, Math.round(pixels / step) * step);
}
