import type { Command } from 'commander';
import { usd } from './flag-values';
import { asObject, asText, type JsonObject } from './json-value';

/** Options of commands that set a budget. */
export interface BudgetFlags {
  readonly total?: string;
  readonly monthly?: string;
  readonly daily?: string;
}

const amount = (value: string): string => (value === 'none' ? value : usd(value));

/** Adds `--total`, `--monthly` and `--daily`. */
export function budgetOptions(command: Command): Command {
  return command
    .option('--total <usd>', 'most in all, such as 100; "none" takes the limit away', amount)
    .option('--monthly <usd>', 'most in a month', amount)
    .option('--daily <usd>', 'most in a day', amount);
}

/** The part of a body that sets them; nothing when none was given. */
export function budgetBody({ total, monthly, daily }: BudgetFlags): { readonly budget_usd?: object } {
  const given = Object.entries({ total, monthly, daily }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  return { budget_usd: Object.fromEntries(given.map(([period, value]) => [period, value === 'none' ? null : value])) };
}

/** Total, monthly and daily limits for a table. */
export function budgetCells(thing: JsonObject): readonly string[] {
  const limits = asObject(thing['budget_usd']) ?? {};
  return [...['total', 'monthly', 'daily'].map((period) => asText(limits[period]) ?? 'none'), asText(thing['spent_usd']) ?? ''];
}
