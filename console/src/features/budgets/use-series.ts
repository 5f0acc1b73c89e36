import { useQuery } from '@tanstack/react-query';
import { budgetSeriesQuery } from '../../api/budgets';
import { usageQuery } from '../../api/usage';
import { dayIn, firstOfMonth } from '../../lib/days';
import { useFormat } from '../../lib/format';
import { burnOfSeries, burnOfUsage, TOTAL_DAYS, type Burn } from './burn';
import { filterOf, type BudgetRow } from './scopes';

const DAY_MS = 86_400_000;

/**
 * What was spent of a budget step by step, by hours of a day or days of a month; undefined while it is on its way. A budget that binds the person tells
 * it by itself; of the others usage does, for who may see it.
 */
export function useBurn(row: BudgetRow, team: string, teamZone: string): { readonly data: Burn | undefined } {
  const format = useFormat();
  const zone = row.kind === 'organisation' ? 'UTC' : teamZone;
  const now = Date.now();
  const today = dayIn(zone, now);
  const from = { daily: today, monthly: firstOfMonth(today), total: dayIn(zone, now - TOTAL_DAYS * DAY_MS) }[row.period];
  const interval = row.period === 'daily' ? 'hour' : 'day';
  const usage = useQuery({
    ...usageQuery({ ...filterOf(row, team), from, interval, time_zone: zone }),
    enabled: row.id === null,
  });
  const series = useQuery({ ...budgetSeriesQuery(team, row.id ?? ''), enabled: row.id !== null });
  if (row.id !== null) return { data: series.data === undefined ? undefined : burnOfSeries(series.data, now, format) };
  return { data: usage.data === undefined ? undefined : burnOfUsage(row, usage.data, now, format) };
}
