import type { MicroUsd } from '../money/money';
import type { RecentSpending } from './usage';

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 28;
const WEEK = 7;

/**
 * What the current month will have cost at its end: what it cost so far, and for each day that is left the mean of the same weekday in the
 * four weeks before today. History begins with the first day on which something was spent; a weekday that is not in it counts as the mean
 * day. Without a whole day of history it is what was spent so far.
 */
export function monthEndForecast({ days, today, todayShare }: RecentSpending): MicroUsd {
  const spentOn = new Map(days.map(({ day, costMicroUsd }) => [dayNumber(day), Number(costMicroUsd)]));
  const soFar = days.filter(({ day }) => day.slice(0, 7) === today.slice(0, 7)).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0n);
  const now = dayNumber(today);
  const first = Math.max(now - HISTORY_DAYS, Math.min(...spentOn.keys()));
  const history = Array.from({ length: Math.max(0, now - first) }, (_, index) => first + index);
  if (!Number.isFinite(first) || history.length === 0) return soFar;
  const meanOf = (among: readonly number[]): number => among.reduce((sum, day) => sum + (spentOn.get(day) ?? 0), 0) / among.length;
  const expected = (day: number): number => {
    const same = history.filter((past) => (day - past) % WEEK === 0);
    return meanOf(same.length === 0 ? history : same);
  };
  let left = expected(now) * (1 - todayShare);
  for (let day = now + 1; monthOf(day) === today.slice(0, 7); day += 1) left += expected(day);
  return soFar + BigInt(Math.round(Math.max(0, left)));
}

/** Days since 1970 of a date such as "2026-11-30". */
function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

function monthOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 7);
}
