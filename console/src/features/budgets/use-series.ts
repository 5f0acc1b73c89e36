import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../../api/usage';
import { useFormat } from '../../lib/format';
import type { BurnPoint } from '../../ui/chart/burn-down';
import { daysIn, filterOf, type BudgetRow } from './scopes';

const DAY_MS = 86_400_000;
/** How far back the line of a budget without an end goes. */
const TOTAL_DAYS = 30;

export interface Burn {
  readonly points: readonly BurnPoint[];
  /** At the end of the period, at this pace; null: there is no end. */
  readonly forecast: number | null;
}

/** What was spent of a budget step by step, by hours of a day or days of a month; undefined while it is on its way. */
export function useBurn(row: BudgetRow, team: string, teamZone: string) {
  const format = useFormat();
  const zone = row.kind === 'organisation' ? 'UTC' : teamZone;
  const days = daysIn(zone);
  const from = row.period === 'daily' ? days.today : row.period === 'monthly' ? days.month : dayBefore(days.today, TOTAL_DAYS);
  const isByHour = row.period === 'daily';
  const query = useQuery(usageQuery({ ...filterOf(row, team), from, interval: isByHour ? 'hour' : 'day', time_zone: zone }));
  if (query.data === undefined) return { ...query, data: undefined };
  const { data, from: begins, total, forecast } = query.data;
  const start = new Date(begins).getTime();
  const step = isByHour ? DAY_MS / 24 : DAY_MS;
  const count = isByHour ? 24 : row.period === 'monthly' ? daysOfMonth(days.month) : TOTAL_DAYS + 1;
  const elapsed = (Date.now() - start) / step;
  const steps = new Array<number>(count).fill(0);
  for (const { start: at, cost_usd: cost } of data) {
    // Where clocks change a day is an hour longer or shorter: the nearest whole one.
    const index = Math.round((new Date(at).getTime() - start) / step);
    if (index >= 0 && index < count) steps[index] = (steps[index] ?? 0) + Number(cost);
  }
  let sum = row.period === 'total' ? Number(row.spentUsd) - Number(total.cost_usd) : 0;
  const points = steps.map((value, index): BurnPoint => {
    sum += value;
    const iso = new Date(start + index * step).toISOString();
    return { mark: isByHour ? format.hour(iso) : format.day(iso, zone), spent: index <= elapsed ? sum : null };
  });
  const spent = Number(row.spentUsd);
  const end =
    row.period === 'total' ? null : row.period === 'monthly' ? Number(forecast.month_end_usd) : spent / Math.max(0.02, elapsed / 24);
  return { ...query, data: { points, forecast: end === null ? null : Math.max(end, spent) } satisfies Burn };
}

const dayBefore = (day: string, days: number): string =>
  new Date(new Date(`${day}T12:00:00Z`).getTime() - days * DAY_MS).toISOString().slice(0, 10);

function daysOfMonth(first: string): number {
  const [year = 0, month = 1] = first.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
