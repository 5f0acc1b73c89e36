import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { budgetAnswer } from '../fields/budget';
import { forecastAnswer } from './forecast';
import { seriesAnswer, seriesQuery } from './series';
import { json, operation } from '../openapi/describe';

const subscriptionAnswer = z
  .object({
    object: z.literal('billing_subscription'),
    has_payment_method: z.literal(true),
    soft_limit_usd: z.number(),
    hard_limit_usd: z.number().describe('The lowest of the limits that apply to the key; 100000000 if there are none.'),
    system_hard_limit_usd: z.number(),
    access_until: z.int().describe('Unix seconds; 0: the key does not expire.'),
  })
  .meta({ id: 'BillingSubscription' });

const usageAnswer = z
  .object({ object: z.literal('list'), total_usage: z.number().describe('Total spending of the key, in US cents.') })
  .meta({ id: 'BillingUsage' });

/** Paths of a key's limit and spending, as chat clients ask for them. */
export const billingPaths: ZodOpenApiPathsObject = {
  '/v1/budgets': {
    get: operation({
      id: 'listBudgets',
      tag: 'Billing',
      summary: 'What is left of the budgets that bind the caller and where they lead, the narrowest first',
      answers: {
        '200': json(
          'The budgets.',
          z.object({
            object: z.literal('list'),
            data: z.array(budgetAnswer.extend({ forecast: forecastAnswer }).meta({ id: 'BudgetOutlook' })),
            first_id: z.string().nullable(),
            last_id: z.string().nullable(),
            has_more: z.literal(false),
          }),
        ),
      },
    }),
  },
  '/v1/budgets/{id}/series': {
    get: operation({
      id: 'getBudgetSeries',
      tag: 'Billing',
      summary: 'How a budget that binds the caller was spent, and when it will be at this rate',
      path: ['id'],
      query: seriesQuery,
      answers: { '200': json('The series.', seriesAnswer) },
    }),
  },
  '/v1/dashboard/billing/subscription': {
    get: operation({
      id: 'getBillingSubscription',
      tag: 'Billing',
      summary: 'What this key may spend',
      answers: { '200': json('The limit.', subscriptionAnswer) },
    }),
  },
  '/v1/dashboard/billing/usage': {
    get: operation({
      id: 'getBillingUsage',
      tag: 'Billing',
      summary: 'What this key has spent',
      query: z.object({
        start_date: z.string().optional().describe('Ignored: the limit covers all time.'),
        end_date: z.string().optional(),
      }),
      answers: { '200': json('The spending.', usageAnswer) },
    }),
  },
};
