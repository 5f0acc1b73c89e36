import type { Price } from './price';
import type { OutputParams } from '../task/generation';
import { formatSize, parseSize, resolutionWord, sizeSent } from '../task/output-size';
import type { PicoUsd } from './money';

type ImageRow = Extract<Price, { kind: 'per_image' }>['rows'][number];
type SecondRow = Extract<Price, { kind: 'per_second' }>['rows'][number];

/** A price row and, for each of its conditions, whether the request meets it; null: the request does not say. */
interface Candidate {
  readonly each: PicoUsd;
  readonly meets: readonly (boolean | null)[];
}

/**
 * Price of one image: the first row whose size and quality are met by what is sent. A row without a size or quality is met by
 * anything, so the last row is the default of unknown and unnamed ones. `1024X1024` and `1024*1024` are `1024x1024`; an aspect ratio
 * and a resolution are the size that they are sent as, and a row may also name the resolution (`2K`).
 */
export function imagePriceEach(rows: readonly ImageRow[], output: OutputParams): PicoUsd {
  const sent = sizeSent('image', output);
  const sizes = [sent, output.size === undefined ? output.resolution : undefined].filter((size) => size !== undefined).map(sizeWord);
  return pick(
    rows.map((row) => ({
      each: row.each,
      meets: [meets(row.size === null ? null : sizeWord(row.size), sizes), meets(wordOf(row.quality), [wordOf(output.quality)])],
    })),
  );
}

/**
 * Price of a second of video: the first row whose resolution and sound are met by what is sent. `1280x720` and `9:16` are `720p`, `4k`
 * is `2160p`. Without a default row: the dearest of those that may apply.
 */
export function secondPriceEach(rows: readonly SecondRow[], output: OutputParams): PicoUsd {
  const sent = sizeSent('video', output) ?? output.resolution;
  const resolution = sent === undefined || wordOf(sent) === 'auto' ? null : resolutionWord(sent);
  return pick(
    rows.map((row) => ({
      each: row.each,
      meets: [
        meets(row.resolution === null ? null : resolutionWord(row.resolution), [resolution]),
        row.audio === null ? true : output.audio === undefined ? null : row.audio === output.audio,
      ],
    })),
  );
}

/** Null: the request does not say. */
function meets(wanted: string | null, given: readonly (string | null)[]): boolean | null {
  if (wanted === null) {
    return true;
  }
  const said = given.filter((word) => word !== null);
  return said.length === 0 ? null : said.includes(wanted);
}

function pick(candidates: readonly Candidate[]): PicoUsd {
  const match = candidates.find((candidate) => candidate.meets.every((met) => met === true));
  if (match !== undefined) {
    return match.each;
  }
  const possible = candidates.filter((candidate) => !candidate.meets.includes(false));
  return (possible.length > 0 ? possible : candidates).reduce((dearest, { each }) => (each > dearest ? each : dearest), 0n);
}

function sizeWord(size: string): string {
  const parsed = parseSize(size);
  return parsed === undefined ? size.trim().toLowerCase() : formatSize(parsed);
}

function wordOf(text: string | null | undefined): string | null {
  return text?.trim().toLowerCase() ?? null;
}
