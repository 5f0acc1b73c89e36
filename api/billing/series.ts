import type { Request, Response } from 'express';
import { z } from 'zod';
import { budgetId, budgetObject, remainingOf, type Budget } from '../../domain/money/budget';
import { formatUsd } from '../../domain/money/money';
import { AppError } from '../../domain/errors';
import type { UsageFilter } from '../../domain/records/usage';
import type { ApiContext } from '../deps';
import { budgetAnswer } from '../fields/budget';
import { callerOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';

const DAY_MS = 86_400_000;
/** What a series of a budget without periods goes back. */
const WINDOW_MS = 30 * DAY_MS;
/** The rate of spending is that of the last week, or of as much as the period has. */
const RATE_MS = 7 * DAY_MS;
const MOST_ROWS = 2_000;

export const seriesQuery = z.strictObject({
  interval: z.enum(['hour', 'day']).optional().describe("Default: hour for a day's budget, else day; by the team's clock."),
});

const usd = z.string().describe('Decimal string of US dollars.');
export const seriesAnswer = z
  .object({
    object: z.literal('budget.series'),
    budget: budgetAnswer,
    interval: z.enum(['hour', 'day']),
    from: z.iso.datetime(),
    data: z
      .array(z.object({ start: z.iso.datetime(), cost_usd: usd, spent_usd: usd.describe('Of the budget, at the end of the interval.') }))
      .describe('Intervals in which nothing was spent are left out.'),
    forecast: z.object({
      period_end_usd: usd
        .nullable()
        .describe('What will be spent when the period ends, at the rate of the last week; null: it has no end.'),
      exhausted_at: z.iso.datetime().nullable().describe('When nothing is left, at that rate; null: not before the period ends.'),
    }),
  })
  .meta({ id: 'BudgetSeries' });

/** GET /v1/budgets/{id}/series: how a budget that binds the caller was spent. */
export async function sendSeries(
  { budgets, usage, now }: Pick<ApiContext, 'budgets' | 'now' | 'usage'>,
  request: Request,
  response: Response,
  id: string,
): Promise<void> {
  const caller = callerOf(response);
  const budget = (await budgets.bindingBudgets(caller)).find((one) => budgetId(one) === id);
  if (budget === undefined)
    throw new AppError('not_found', `No budget ${JSON.stringify(id.slice(0, 200))} binds this key. GET /v1/budgets lists those that do.`);
  const { interval = budget.period === 'daily' ? 'hour' : 'day' } = parseWith(seriesQuery, request.query);
  const from = budget.startsAt ?? new Date(now().getTime() - WINDOW_MS);
  const { rows } = await usage.read({ ...filterOf(budget), from: { at: from }, interval, groupBy: [], limit: MOST_ROWS });
  const sum = rows.reduce((total, { costMicroUsd }) => total + costMicroUsd, 0n);
  let spent = budget.spentMicroUsd - sum;
  const data = rows.map(({ start, costMicroUsd }) => {
    spent += costMicroUsd;
    return { start: start.toISOString(), cost_usd: formatUsd(costMicroUsd), spent_usd: formatUsd(spent) };
  });
  const recently = new Date(Math.max(from.getTime(), now().getTime() - RATE_MS));
  const recent = rows.filter(({ start }) => start >= recently).reduce((total, { costMicroUsd }) => total + costMicroUsd, 0n);
  const perMs = Number(recent) / Math.max(1, now().getTime() - recently.getTime());
  sendJson(response, 200, {
    object: 'budget.series',
    budget: budgetObject(budget),
    interval,
    from: from.toISOString(),
    data,
    forecast: forecastOf(budget, perMs, now()),
  });
}

function filterOf({ kind, teamId, key }: Budget): UsageFilter {
  const teamIds = kind === 'organisation' ? null : [teamId];
  const id = Number(key);
  if (kind === 'class') return { teamIds, names: { class: key } };
  if (kind === 'member') return { teamIds, names: {}, ids: { member: id } };
  if (kind === 'project') return { teamIds, names: {}, ids: { project: id } };
  return { teamIds, names: {}, ...(kind === 'credential' ? { ids: { credential: id } } : {}) };
}

function forecastOf(budget: Budget, microUsdPerMs: number, now: Date) {
  const { resetsAt, spentMicroUsd } = budget;
  const left = Number(remainingOf(budget));
  const empty = microUsdPerMs === 0 ? null : new Date(now.getTime() + Math.min(left / microUsdPerMs, 100 * 365 * DAY_MS));
  const isBefore = empty !== null && (resetsAt === null || empty < resetsAt);
  const end =
    resetsAt === null ? null : spentMicroUsd + BigInt(Math.round(microUsdPerMs * Math.max(0, resetsAt.getTime() - now.getTime())));
  return { period_end_usd: end === null ? null : formatUsd(end), exhausted_at: isBefore ? empty.toISOString() : null };
}
