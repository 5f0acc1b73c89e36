import { AppError } from '../../../domain/errors';
import type { OutputParams } from '../../../domain/task/generation';
import { parseSize, sizeFrom, type Size } from '../../../domain/task/output-size';

const LONGEST_SIDE = 4_096;
const SHORTEST_SIDE = 16;

/**
 * The size of an image or video: `size`, else from aspect ratio and resolution, else `fallback`.
 * @param step - sides are rounded down to a multiple of it
 * @throws AppError `provider_rejected`
 */
export function imageSize(output: OutputParams, fallback: Size, step: number): Size {
  const asked = output.size === undefined || output.size === 'auto' ? undefined : parseSize(output.size);
  if (asked === undefined && output.size !== undefined && output.size !== 'auto') {
    throw refused(`The size must look like "1024x1024", not ${JSON.stringify(output.size)}.`);
  }
  const size = asked ?? sizeFrom(output.aspect_ratio, output.resolution, fallback, step) ?? fallback;
  const fitted = { width: size.width - (size.width % step), height: size.height - (size.height % step) };
  const sides = [fitted.width, fitted.height];
  if (Math.min(...sides) < SHORTEST_SIDE || Math.max(...sides) > LONGEST_SIDE) {
    throw refused(`Each side must have from ${SHORTEST_SIDE} to ${LONGEST_SIDE} pixels.`);
  }
  return fitted;
}

/** A size no larger than the sandbox draws, in the same proportion. */
export function shrunk(size: Size): Size {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(size.width, size.height));
  return {
    width: Math.max(SHORTEST_SIDE, Math.floor(size.width * factor)),
    height: Math.max(SHORTEST_SIDE, Math.floor(size.height * factor)),
  };
}

function refused(message: string): AppError {
  return new AppError('provider_rejected', message, { param: 'output.size', providerMessage: message });
}
