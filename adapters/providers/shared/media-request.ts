import { AppError } from '../../../domain/errors';
import { resolutionSent, resolutionWord } from '../../../domain/task/output-size';
import type { OutputParams } from '../../../domain/task/generation';

/** Ratios that most vendors name. */
export const RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3', '21:9', '9:21'];

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
  return words.find((word) => resolutionWord(word) === sent) ?? output.resolution ?? sent;
}
