import type { NewCampaignItem } from './campaign';

type Row = Omit<NewCampaignItem, 'maxCostMicroUsd' | 'boundMicroUsd'> & { readonly maxCost: string | null; readonly bound: string };

/** A checked item as one line of JSON. */
export function itemLine({ maxCostMicroUsd, boundMicroUsd, ...rest }: NewCampaignItem): string {
  const row: Row = { ...rest, maxCost: maxCostMicroUsd?.toString() ?? null, bound: boundMicroUsd.toString() };
  return JSON.stringify(row);
}

/** The item of a line of `itemLine`. */
export function itemOfLine(line: string): NewCampaignItem {
  const { maxCost, bound, ...rest } = JSON.parse(line) as Row;
  return { ...rest, maxCostMicroUsd: maxCost === null ? null : BigInt(maxCost), boundMicroUsd: BigInt(bound) };
}
