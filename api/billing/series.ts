import type { Request, Response } from 'express';
import { z } from 'zod';
import { budgetId, budgetObject } from '../../domain/money/budget';
import { formatUsd } from '../../domain/money/money';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { budgetAnswer } from '../fields/budget';
import { callerOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { forecastAnswer, forecastsOf, usageOf } from './forecast';

const DAY_MS = 86_400_000;
/** What a series of a budget without periods goes back. */
const WINDOW_MS = 30 * DAY_MS;
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
    time_zone: z.string().describe("By whose clock days begin: that of the team, UTC for the organisation's budget."),
    from: z.iso.datetime(),
    data: z
      .array(z.object({ start: z.iso.datetime(), cost_usd: usd, spent_usd: usd.describe('Of the budget, at the end of the interval.') }))
      .describe('Intervals in which nothing was spent are left out.'),
    forecast: forecastAnswer,
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
  const { rows, timeZone } = await usage.read({ ...usageOf(budget), from: { at: from }, interval, groupBy: [], limit: MOST_ROWS });
  const [forecast] = await forecastsOf({ usage, now }, [budget]);
  const sum = rows.reduce((total, { costMicroUsd }) => total + costMicroUsd, 0n);
  let spent = budget.spentMicroUsd - sum;
  const data = rows.map(({ start, costMicroUsd }) => {
    spent += costMicroUsd;
    return { start: start.toISOString(), cost_usd: formatUsd(costMicroUsd), spent_usd: formatUsd(spent) };
  });
  sendJson(response, 200, {
    object: 'budget.series',
    budget: budgetObject(budget),
    interval,
    time_zone: timeZone,
    from: from.toISOString(),
    data,
    forecast,
  });
}
