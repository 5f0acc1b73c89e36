import { asObject, parseJson } from '../json-value';
import { bad, good, skipped, type Finding, type Patient } from './step';

/** What may the key still spend? Read where chat clients read it: cents in `total_usage`, dollars in the limit. */
export async function lookAtBudget({ root, ask }: Patient): Promise<Finding> {
  const [limit, usage] = await Promise.all([
    numberOf(await ask(`${root}/dashboard/billing/subscription`), 'hard_limit_usd'),
    numberOf(await ask(`${root}/dashboard/billing/usage`), 'total_usage'),
  ]);
  if (limit === null || usage === null) return skipped('What the key may spend is not told here.');
  const [spent, left] = [usage / 100, limit - usage / 100];
  if (limit >= UNLIMITED_USD) return good(`No limit; $${spent.toFixed(2)} spent.`);
  if (left <= 0) {
    return bad(
      `The budget is used up: $${spent.toFixed(2)} of $${limit.toFixed(2)}. Requests that cost something are refused with insufficient_quota.`,
      '`GET /v1/budgets` names the budget that binds and when it starts anew; ask whoever manages the team to raise it.',
    );
  }
  return good(`$${left.toFixed(2)} left of $${limit.toFixed(2)}.`);
}

/** What billing answers for a key without a limit, or more. */
const UNLIMITED_USD = 1_000_000;

async function numberOf(response: Response, name: string): Promise<number | null> {
  const value = asObject(parseJson(await response.text()))?.[name];
  return response.ok && typeof value === 'number' ? value : null;
}
