import { z } from 'zod';
import { BUDGET_PERIODS } from '../../domain/money/budget';

const usd = z.string().describe('Decimal string of US dollars.');

/** Which budget had no room, as refusals and paused campaigns say it. */
export const budgetDetails = z
  .object({
    budget: z
      .string()
      .describe('`organisation`, `team:NAME`, `class:NAME`, `project:NAME`, `member:NAME`, `credential:NAME` or `campaign:ID`.'),
    period: z.enum(BUDGET_PERIODS),
    limit_usd: usd,
    spent_usd: usd,
    held_usd: usd.describe('Reserved for running requests.'),
    resets_at: z.iso.datetime().nullable().describe('When the period ends; null: never.'),
  })
  .meta({ id: 'BudgetDetails' });

/** A budget with its balance. */
export const budgetAnswer = budgetDetails
  .extend({
    id: z.string().describe('Names it among those that bind the caller: `team:studio:monthly`.'),
    object: z.literal('budget'),
    remaining_usd: usd.describe('The limit less what is spent and held; never below 0.'),
    starts_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Budget' });
