import type { BudgetSeries } from '../../api/budgets';
import type { Usage } from '../../api/usage';
import { dayIn, daysOfMonth } from '../../lib/days';
import type { Format } from '../../lib/format';
import type { BurnPoint } from '../../ui/chart/burn-down';
import type { BudgetRow } from './scopes';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far back the line of a budget without an end goes. */
export const TOTAL_DAYS = 30;
/** A budget without an end leads where the last week does; nobody plans further than a year. */
const [RATE_MS, HORIZON_MS] = [7 * DAY_MS, 365 * DAY_MS];

/** How a budget was spent, by the clock of whoever it is of. */
export interface Burn {
  readonly points: readonly BurnPoint[];
  /** At the end of the period, at this pace; null: there is no end. */
  readonly forecast: number | null;
  /** When nothing is left of one without an end, at this pace; null: not within a year. */
  readonly emptyAt: string | null;
  readonly zone: string;
}

/** Out of what a budget tells by itself. */
export function burnOfSeries({ budget, interval, time_zone: zone, from, data, forecast }: BudgetSeries, now: number, format: Format): Burn {
  const start = new Date(from).getTime();
  const step = interval === 'hour' ? HOUR_MS : DAY_MS;
  const end = budget.resets_at === null ? start + (TOTAL_DAYS + 1) * DAY_MS : new Date(budget.resets_at).getTime();
  const spent = Number(budget.spent_usd);
  const before = spent - costOf(data);
  const count = Math.round((end - start) / step);
  return {
    points: pointsOf({ data, start, step, count, before, zone }, now, format),
    forecast: forecast.period_end_usd === null ? null : Math.max(Number(forecast.period_end_usd), spent),
    emptyAt: budget.resets_at === null ? soon(forecast.exhausted_at, now) : null,
    zone,
  };
}

/** Out of usage, for whoever sees budgets that do not bind them. */
export function burnOfUsage(row: BudgetRow, { data, from, total, forecast, time_zone: zone }: Usage, now: number, format: Format): Burn {
  const start = new Date(from).getTime();
  const step = row.period === 'daily' ? HOUR_MS : DAY_MS;
  const count = { daily: hoursOfDay(start, zone), monthly: daysOfMonth(dayIn(zone, start)), total: TOTAL_DAYS + 1 }[row.period];
  const spent = Number(row.spentUsd);
  const before = row.period === 'total' ? spent - Number(total.cost_usd) : 0;
  const ends = {
    daily: spent / Math.max(0.02, (now - start) / step / count),
    monthly: Number(forecast.month_end_usd),
    total: null,
  }[row.period];
  const rate = costOf(data.filter(({ start: at }) => new Date(at).getTime() > now - RATE_MS)) / RATE_MS;
  const left = Number(row.limitUsd) - spent - Number(row.heldUsd ?? '0');
  const isEmptied = row.period === 'total' && rate > 0 && left > 0 && left / rate < HORIZON_MS;
  return {
    points: pointsOf({ data, start, step, count, before, zone }, now, format),
    forecast: ends === null ? null : Math.max(ends, spent),
    emptyAt: isEmptied ? new Date(now + left / rate).toISOString() : null,
    zone,
  };
}

interface Spent {
  readonly start: string;
  readonly cost_usd: string;
}

const costOf = (rows: readonly Spent[]): number => rows.reduce((sum, { cost_usd: cost }) => sum + Number(cost), 0);

const soon = (iso: string | null, now: number): string | null => (iso !== null && new Date(iso).getTime() < now + HORIZON_MS ? iso : null);

interface Spending {
  readonly data: readonly Spent[];
  /** Milliseconds: when it begins, and how long a step is. */
  readonly start: number;
  readonly step: number;
  readonly count: number;
  /** What had been spent when it began. */
  readonly before: number;
  readonly zone: string;
}

function pointsOf({ data, start, step, count, before, zone }: Spending, now: number, format: Format): readonly BurnPoint[] {
  const elapsed = (now - start) / step;
  const steps = new Array<number>(count).fill(0);
  for (const { start: at, cost_usd: cost } of data) {
    // Where clocks change a day is an hour longer or shorter: the nearest whole one.
    const index = Math.round((new Date(at).getTime() - start) / step);
    if (index >= 0 && index < count) steps[index] = (steps[index] ?? 0) + Number(cost);
  }
  let sum = before;
  return steps.map((value, index): BurnPoint => {
    sum += value;
    const at = start + index * step;
    // A day is told by its noon: that is in it even where clocks have changed.
    const mark = step < DAY_MS ? format.hour(new Date(at).toISOString(), zone) : format.day(new Date(at + step / 2).toISOString(), zone);
    return { key: String(at), mark, spent: index <= elapsed ? sum : null };
  });
}

/** 24, or an hour more or less when clocks change. @param start - when it begins */
function hoursOfDay(start: number, zone: string): number {
  return [23, 24].find((hours) => dayIn(zone, start + hours * HOUR_MS) !== dayIn(zone, start)) ?? 25;
}
