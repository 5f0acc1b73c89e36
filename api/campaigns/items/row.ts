import type { NewCampaignItem } from '../../../domain/campaign/campaign';

type Row = Omit<NewCampaignItem, 'maxCostMicroUsd' | 'boundMicroUsd'> & { readonly maxCost: string | null; readonly bound: string };

/** A checked item as one line of JSON. */
export function rowOf({ maxCostMicroUsd, boundMicroUsd, ...rest }: NewCampaignItem): string {
  const row: Row = { ...rest, maxCost: maxCostMicroUsd?.toString() ?? null, bound: boundMicroUsd.toString() };
  return JSON.stringify(row);
}

/** The item of a line of `rowOf`. */
export function itemOf(line: string): NewCampaignItem {
  const { maxCost, bound, ...rest } = JSON.parse(line) as Row;
  return { ...rest, maxCostMicroUsd: maxCost === null ? null : BigInt(maxCost), boundMicroUsd: BigInt(bound) };
}
