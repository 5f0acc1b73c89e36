import { z } from 'zod';
import { mayDoIn } from '../../../domain/access/permissions';
import type { Principal } from '../../../domain/access/principal';
import { AppError } from '../../../domain/errors';
import { BUDGET_PERIODS, type Budget, type BudgetOwner, type LimitChanges } from '../../../domain/money/budget';
import { formatUsd, parseUsd } from '../../../domain/money/money';
import type { ApiContext } from '../../deps';
import { orNull } from '../../http/nulls';

export type BudgetsDeps = Pick<ApiContext, 'budgets'>;

const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');
const limit = orNull(usd).optional();

/** What may be spent in all, by month and by day. */
export const budgetSchema = orNull(z.union([usd, z.strictObject({ total: limit, monthly: limit, daily: limit })])).describe(
  'Limits in all, by month and by day; what is left out stays, null: no limit. A text is the limit in all.',
);

/** Limits as they are set, without grants and transfers. */
export const budgetAnswer = z
  .object({ total: z.string().nullable(), monthly: z.string().nullable(), daily: z.string().nullable() })
  .meta({ id: 'BudgetLimits' });

/** The changes that a body asks for; none when it does not speak of the budget. @param param - of the field, for errors */
export function limitChanges(given: z.output<typeof budgetSchema> | undefined, param: string): LimitChanges {
  if (given === undefined) return {};
  if (given === null) return { total: null, monthly: null, daily: null };
  if (typeof given === 'string') return { total: parseUsd(given, param) };
  return Object.fromEntries(
    BUDGET_PERIODS.flatMap((period) => {
      const amount = given[period];
      return amount === undefined ? [] : [[period, amount === null ? null : parseUsd(amount, `${param}.${period}`)]];
    }),
  );
}

/** The limits of one owner, of all that were read. */
export function budgetObject(budgets: readonly Budget[], owner: BudgetOwner) {
  const own = budgets.filter(({ kind, teamId, key }) => kind === owner.kind && teamId === owner.teamId && key === owner.key);
  const amount = (period: Budget['period']): string | null => {
    const set = own.find((budget) => budget.period === period)?.setMicroUsd;
    return set === undefined ? null : formatUsd(set);
  };
  return { total: amount('total'), monthly: amount('monthly'), daily: amount('daily') };
}

/**
 * Who may not change the team's own budget stays within it with the budgets in it.
 * @throws AppError `invalid_value` for a limit above the team's of the same period
 */
export async function expectWithinTeam(
  { budgets }: BudgetsDeps,
  principal: Principal,
  team: { readonly id: number; readonly name: string },
  { changes, param, unit = '' }: { readonly changes: LimitChanges; readonly param: string; readonly unit?: '' | '_usd' },
): Promise<void> {
  if (mayDoIn(principal, 'team.budget', team.name)) return;
  for (const { period, limitMicroUsd } of await budgets.budgetsOf([{ kind: 'team', teamId: team.id, key: '' }])) {
    const wanted = changes[period];
    if (wanted === undefined || wanted === null || wanted <= limitMicroUsd) continue;
    const [field, most] = [`${param}.${period}${unit}`, formatUsd(limitMicroUsd)];
    throw new AppError('invalid_value', `${field} is above the team's own budget of ${most} USD. Choose at most that.`, { param: field });
  }
}
