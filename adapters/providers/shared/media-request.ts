import { AppError } from '../../../domain/errors';
import type { MediaCall, MediaFile } from '../../../domain/provider/provider';
import { parametersAsked } from '../../../domain/provider/media-support';
import { isAuto, resolutionSent, resolutionWord, sizeFrom, type Size } from '../../../domain/task/output-size';
import type { ImageRole, OutputParams } from '../../../domain/task/generation';
import type { MediaSupport } from './descriptor';
import { isGiven, overExtras, type JsonObject } from './json';

/** Ratios that most vendors name. */
export const RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3', '21:9', '9:21'];

/** The input images of these roles, in their order. */
export function imagesOf({ images }: Pick<MediaCall, 'images'>, ...roles: readonly ImageRole[]): readonly MediaFile[] {
  return images.filter(({ role }) => roles.some((wanted) => wanted === role));
}

/** The error for an input that a vendor has no place for. @example unsupported('input.images', 'more than one input image') */
export function unsupported(param: string, what: string): AppError {
  return new AppError('unsupported_parameter', `This model's provider does not take ${what}. Leave it out.`, { param });
}

/**
 * The resolution by one of the vendor's words: the one that means what was asked for, else the nearest to `size`. One that the vendor does
 * not name goes to it as it was asked for.
 * @example resolutionAmong({ resolution: '2160p' }, ['1080p', '4K']) // '4K'
 */
export function resolutionAmong(output: OutputParams, words: readonly string[]): string | undefined {
  const sent = resolutionSent(output, words.map(resolutionWord));
  const asked = output.resolution === undefined || isAuto(output.resolution) ? sent : output.resolution;
  return words.find((word) => resolutionWord(word) === sent) ?? asked;
}

/** The route's options, over them those extra parameters of the caller that the adapter reads, over them the canonical ones that are given. */
export function overOptions({ options, params }: MediaCall, read: readonly string[], canonical: JsonObject): JsonObject {
  const extras = Object.fromEntries(Object.entries(params).filter(([name, value]) => isGiven(value) && read.includes(name)));
  return overExtras({ ...options, ...extras }, canonical);
}

/** Whether the vendor draws its own mark; one in the caller's words is drawn when the result is stored. Undefined: nobody said. */
export function vendorMark({ output }: MediaCall): boolean | undefined {
  return output.watermark === undefined ? undefined : output.watermark === true;
}

/**
 * Refuses what the wire has no place for, instead of leaving it out in silence.
 * @throws AppError `unsupported_parameter` that names the parameter
 */
export function requireSupport(call: MediaCall, { parameters, roles, video = false }: MediaSupport): void {
  const negative = call.negativePrompt === null ? {} : { negative_prompt: call.negativePrompt };
  const unknown = parametersAsked({ operation: call.kind, output: call.output, ...negative }).find((name) => !parameters.includes(name));
  if (unknown === 'negative_prompt') throw unsupported('input.negative_prompt', 'a negative prompt');
  if (unknown !== undefined) throw unsupported(`output.${unknown}`, `\`${unknown}\``);
  const image = call.images.find(({ role }) => !roles.some((taken) => taken === role));
  if (image !== undefined) throw unsupported('input.images', `an image of the role ${image.role}`);
  if (call.video !== null && !video) throw unsupported('input.video', 'an input video');
}

const SIDE_STEP = 16;

/**
 * The size of a ratio with as many pixels as a square of this side, or a little less; undefined for no ratio.
 * @example sizeOfArea('16:9', 2048) // { width: 2720, height: 1536 }
 */
export function sizeOfArea(ratio: string, side: number): Size | undefined {
  const unit = sizeFrom(ratio, undefined, { width: 1_000_000, height: 1_000_000 }, 1);
  if (unit === undefined) return undefined;
  const proportion = Math.sqrt(unit.width / unit.height);
  // A side that is whole but for its rounding stays as it is.
  const toStep = (pixels: number) => Math.floor(pixels / SIDE_STEP + 0.01) * SIDE_STEP;
  return { width: toStep(side * proportion), height: toStep(side / proportion) };
}
