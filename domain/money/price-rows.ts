import type { Price } from './price';
import type { OutputParams } from '../task/generation';
import type { PicoUsd } from './money';

type ImageRow = Extract<Price, { kind: 'per_image' }>['rows'][number];
type SecondRow = Extract<Price, { kind: 'per_second' }>['rows'][number];

/** A price row and, for each of its conditions, whether the request meets it; null: the request does not say. */
interface Candidate {
  readonly each: PicoUsd;
  readonly meets: readonly (boolean | null)[];
}

/**
 * Price of one image: the first row whose size and quality are met. A row without a size or quality is met by anything, so the last
 * row is the default of unknown and unnamed ones.
 */
export function imagePriceEach(rows: readonly ImageRow[], output: OutputParams): PicoUsd {
  const size = output.size ?? output.resolution;
  return pick(rows.map((row) => ({ each: row.each, meets: [meets(row.size, size), meets(row.quality, output.quality)] })));
}

/**
 * Price of a second of video: the first row whose resolution and sound are met. `1280x720` is `720p`, `4k` is `2160p`.
 * Without a default row: the dearest of those that may apply.
 */
export function secondPriceEach(rows: readonly SecondRow[], output: OutputParams): PicoUsd {
  const resolution = output.resolution ?? output.size;
  return pick(
    rows.map((row) => ({
      each: row.each,
      meets: [
        meets(row.resolution === null ? null : lines(row.resolution), resolution === undefined ? undefined : lines(resolution)),
        row.audio === null ? true : output.audio === undefined ? null : row.audio === output.audio,
      ],
    })),
  );
}

function meets(wanted: string | null, given: string | undefined): boolean | null {
  if (wanted === null) {
    return true;
  }
  return given === undefined ? null : wanted.toLowerCase() === given.toLowerCase();
}

function pick(candidates: readonly Candidate[]): PicoUsd {
  const match = candidates.find((candidate) => candidate.meets.every((met) => met === true));
  if (match !== undefined) {
    return match.each;
  }
  const possible = candidates.filter((candidate) => !candidate.meets.includes(false));
  return (possible.length > 0 ? possible : candidates).reduce((dearest, { each }) => (each > dearest ? each : dearest), 0n);
}

/** `720p` of `720P`, `1280x720` or `720x1280`; other words as they are. */
function lines(resolution: string): string {
  const word = resolution.trim().toLowerCase();
  const frame = /^(\d+)\s*[x×*]\s*(\d+)$/.exec(word);
  if (frame !== null) {
    return `${String(Math.min(Number(frame[1]), Number(frame[2])))}p`;
  }
  return word === '4k' ? '2160p' : word === '2k' ? '1440p' : word;
}
