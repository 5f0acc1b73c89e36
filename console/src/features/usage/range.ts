import type { UsageQuery } from '../../api/usage';
import { dayIn, firstOfMonth } from '../../lib/days';

export const RANGES = ['today', '7d', 'month', 'last-month', '90d', 'year'] as const;
export type RangeName = (typeof RANGES)[number];

/** A time with the steps it is shown in. `from` and `to` are days or times, as the API takes them; `to` is not in it. */
export interface Range {
  readonly from: string;
  readonly to: string | null;
  readonly interval: 'hour' | 'day' | 'month';
  readonly name: RangeName | 'custom';
}

const DAY_MS = 86_400_000;

/** The time that a link names; a time of its own goes before a name. What cannot be read is this month. */
export function rangeOf(
  { range, from, to }: { readonly range?: string; readonly from?: string; readonly to?: string },
  zone: string,
): Range {
  const now = Date.now();
  const begins = timeOf(from);
  if (begins !== null) {
    const ends = timeOf(to);
    const days = ((ends === null ? now : new Date(ends).getTime()) - new Date(begins).getTime()) / DAY_MS;
    return { from: begins, to: ends, interval: days <= 3 ? 'hour' : days <= 120 ? 'day' : 'month', name: 'custom' };
  }
  const today = dayIn(zone, now);
  const name = RANGES.find((one) => one === range) ?? 'month';
  if (name === 'today') return { from: today, to: null, interval: 'hour', name };
  if (name === '7d') return { from: dayIn(zone, now - 6 * DAY_MS), to: null, interval: 'day', name };
  if (name === '90d') return { from: dayIn(zone, now - 89 * DAY_MS), to: null, interval: 'day', name };
  const month = firstOfMonth(today);
  if (name === 'month') return { from: month, to: null, interval: 'day', name };
  if (name === 'year') return { from: `${today.slice(0, 4)}-01-01`, to: null, interval: 'month', name };
  return { from: monthBefore(month), to: month, interval: 'day', name };
}

function monthBefore(first: string): string {
  const [year = 0, month = 1] = first.split('-').map(Number);
  return month === 1 ? `${year - 1}-12-01` : `${year}-${String(month - 1).padStart(2, '0')}-01`;
}

/** A day, or a time with an offset, that somebody wrote into a link; null for anything else. */
function timeOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return null;
  return text.length === 10 ? text : time.toISOString();
}

export const rangeQuery = ({ from, to }: Range, zone: string): Pick<UsageQuery, 'from' | 'to' | 'time_zone'> => ({
  from,
  time_zone: zone,
  ...(to === null ? {} : { to }),
});
