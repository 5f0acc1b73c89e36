import { z } from 'zod';
import { remainingOf, type Budget } from '../../domain/money/budget';
import { formatUsd } from '../../domain/money/money';
import type { UsageFilter } from '../../domain/records/usage';
import type { ApiContext } from '../deps';

const DAY_MS = 86_400_000;
/** The rate of spending is that of the last week, or of as much as the period has. */
const RATE_MS = 7 * DAY_MS;
/** Nobody plans further. */
const HORIZON_MS = 100 * 365 * DAY_MS;

const usd = z.string().describe('Decimal string of US dollars.');
export const forecastAnswer = z
  .object({
    period_end_usd: usd.nullable().describe('What will be spent when the period ends, at the rate of the last week; null: it has no end.'),
    exhausted_at: z.iso.datetime().nullable().describe('When nothing is left, at that rate; null: not before the period ends.'),
  })
  .meta({ id: 'BudgetForecast' });
type Forecast = z.output<typeof forecastAnswer>;

/** Where budgets lead at the rates at which they are being spent, in their order: usage is read once for all. */
export async function forecastsOf(
  { usage, now }: Pick<ApiContext, 'now' | 'usage'>,
  budgets: readonly Budget[],
): Promise<readonly Forecast[]> {
  const at = now();
  const since = ({ startsAt }: Budget): number => Math.max(startsAt?.getTime() ?? 0, at.getTime() - RATE_MS);
  const costs = await usage.costsSince(budgets.map((budget) => ({ ...usageOf(budget), since: new Date(since(budget)) })));
  return budgets.map((budget, index) => {
    const perMs = Number(costs[index] ?? 0n) / Math.max(1, at.getTime() - since(budget));
    return forecastAt(budget, at, perMs);
  });
}

function forecastAt(budget: Budget, at: Date, perMs: number): Forecast {
  const { resetsAt, spentMicroUsd } = budget;
  const empty = perMs === 0 ? null : new Date(at.getTime() + Math.min(Number(remainingOf(budget)) / perMs, HORIZON_MS));
  const isBefore = empty !== null && (resetsAt === null || empty < resetsAt);
  const end = resetsAt === null ? null : spentMicroUsd + BigInt(Math.round(perMs * Math.max(0, resetsAt.getTime() - at.getTime())));
  return { period_end_usd: end === null ? null : formatUsd(end), exhausted_at: isBefore ? empty.toISOString() : null };
}

/** What of the usage a budget counts. */
export function usageOf({ kind, teamId, key }: Budget): UsageFilter {
  const teamIds = kind === 'organisation' ? null : [teamId];
  const id = Number(key);
  if (kind === 'class') return { teamIds, names: { class: key } };
  if (kind === 'member') return { teamIds, names: {}, ids: { member: id } };
  if (kind === 'project') return { teamIds, names: {}, ids: { project: id } };
  return { teamIds, names: {}, ...(kind === 'credential' ? { ids: { credential: id } } : {}) };
}
