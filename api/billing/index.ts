import type { Router } from 'express';
import { budgetObject } from '../../domain/money/budget';
import type { MicroUsd } from '../../domain/money/money';
import type { ApiContext, Authenticating } from '../deps';
import { callerOf } from '../http/context';
import { createRoutes } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { forecastsOf } from './forecast';
import { sendSeries } from './series';

/** What One API and its kin answer for a key without a limit; clients have no word for "none". */
const UNLIMITED_USD = 100_000_000;

/**
 * What a key may spend and has spent, where chat clients look for it since OpenAI had such a page. Amounts are numbers, as those
 * clients calculate with them; exact ones are in the ledger.
 */
export function billingRouter(context: Authenticating & Pick<ApiContext, 'budgets' | 'ledger' | 'now' | 'usage'>): Router {
  const routes = createRoutes(context, '/v1');

  routes.get('/dashboard/billing/subscription', async (_request, response) => {
    const { limitMicroUsd } = await context.ledger.allowanceOf(callerOf(response));
    const limitUsd = limitMicroUsd === null ? UNLIMITED_USD : usd(limitMicroUsd);
    sendJson(response, 200, {
      object: 'billing_subscription',
      has_payment_method: true,
      soft_limit_usd: limitUsd,
      hard_limit_usd: limitUsd,
      system_hard_limit_usd: limitUsd,
      access_until: 0,
    });
  });

  routes.get('/dashboard/billing/usage', async (_request, response) => {
    const { spentMicroUsd } = await context.ledger.allowanceOf(callerOf(response));
    sendJson(response, 200, { object: 'list', total_usage: usd(spentMicroUsd * 100n) });
  });
  routes.get('/budgets', async (_request, response) => {
    const budgets = await context.budgets.bindingBudgets(callerOf(response));
    const forecasts = await forecastsOf(context, budgets);
    const data = budgets.map((budget, index) => ({ ...budgetObject(budget), forecast: forecasts[index] }));
    sendList(response, data, ({ id }) => id);
  });
  routes.get('/budgets/:id/series', (request, response) => sendSeries(context, request, response, request.params.id));
  return routes.done();
}

function usd(amount: MicroUsd): number {
  return Number(amount) / 1_000_000;
}
