import type { HistogramInterval } from '../../api/logs';

export const WINDOWS = ['1h', '6h', '24h', '7d', '30d'] as const;
const HOUR_MS = 3_600_000;
const LENGTHS: Readonly<Record<(typeof WINDOWS)[number], number>> = {
  ...{ '1h': HOUR_MS, '6h': 6 * HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS, '30d': 30 * 24 * HOUR_MS },
};

/** The time that is looked at. */
export interface Window {
  readonly from: string;
  /** Null: until now. */
  readonly to: string | null;
  readonly name: (typeof WINDOWS)[number] | 'custom';
  readonly interval: HistogramInterval;
}

/** The time that a link names, else the last day. A time until now begins with a whole minute, so that a page drawn anew asks the same. */
export function windowOf({ window, from, to }: { readonly window?: string; readonly from?: string; readonly to?: string }): Window {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const [begins, ends] = [from === undefined ? NaN : Date.parse(from), to === undefined ? NaN : Date.parse(to)];
  if (!Number.isNaN(begins)) {
    const length = (Number.isNaN(ends) ? minute : ends) - begins;
    return {
      from: new Date(begins).toISOString(),
      to: Number.isNaN(ends) ? null : new Date(ends).toISOString(),
      ...{ name: 'custom', interval: intervalOf(length) },
    };
  }
  const name = WINDOWS.find((one) => one === window) ?? '24h';
  return { from: new Date(minute - LENGTHS[name]).toISOString(), to: null, name, interval: intervalOf(LENGTHS[name]) };
}

const intervalOf = (length: number): HistogramInterval => (length <= 3 * HOUR_MS ? 'minute' : length <= 4 * 24 * HOUR_MS ? 'hour' : 'day');

export const STEP_MS: Readonly<Record<HistogramInterval, number>> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
