import { HOUR_MS, type HourHistory } from './spending';

/** What a subject usually spends in an hour, in micro-US-dollars. */
export interface Usual {
  readonly median: number;
  /** Median absolute deviation from it. */
  readonly mad: number;
  /** What the same hours of the day, of all days, reach but rarely. */
  readonly peak: number;
  /** It spends in less than half of such hours: the median says little of it. */
  readonly isIrregular: boolean;
  /** Hours that it was made from. */
  readonly samples: number;
}

const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** Weeks that are looked back. */
export const USUAL_WEEKS = 6;
/** The hours beside it are much like it, and make up for how few weeks there are. */
const BESIDE = [-1, 0, 1] as const;
/** Two weeks of the same hours; else three days. */
const LEAST_WEEKLY = 6;
const LEAST_DAILY = 9;
/** Of the hours beside it that count for the peak. */
const PEAK_BESIDE = [-2, -1, 0, 1, 2] as const;
const PEAK_SHARE = 0.99;

/**
 * What is usual in an hour: the median and its deviation of the same hour of the week (and the two beside it) in six weeks, or of the same hour of
 * the last days where there are no two weeks yet. Medians, so that an anomaly of last week does not make this week's usual.
 * @returns null when the subject is too new to have a usual
 */
export function usualOf({ byHour, sinceMs }: HourHistory, hourMs: number): Usual | null {
  const valuesAt = (steps: number, stepMs: number): readonly number[] =>
    Array.from({ length: steps }, (_, step) => hourMs - (step + 1) * stepMs)
      .flatMap((at) => BESIDE.map((offset) => at + offset * HOUR_MS))
      .filter((at) => at >= sinceMs && at < hourMs)
      .map((at) => byHour.get(at) ?? 0);
  const weekly = valuesAt(USUAL_WEEKS, WEEK_MS);
  const values = weekly.length >= LEAST_WEEKLY ? weekly : valuesAt(7, DAY_MS);
  if (values.length < LEAST_DAILY && weekly.length < LEAST_WEEKLY) return null;
  const median = medianOf(values);
  const sameHours = Array.from({ length: USUAL_WEEKS * 7 }, (_, day) => hourMs - (day + 1) * DAY_MS)
    .flatMap((at) => PEAK_BESIDE.map((offset) => at + offset * HOUR_MS))
    .filter((at) => at >= sinceMs && at < hourMs)
    .map((at) => byHour.get(at) ?? 0);
  return {
    median,
    mad: medianOf(values.map((value) => Math.abs(value - median))),
    peak: quantileOf(sameHours, PEAK_SHARE),
    isIrregular: values.filter((value) => value > 0).length * 2 < values.length,
    samples: values.length,
  };
}

export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** 0 without values. */
function quantileOf(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}
