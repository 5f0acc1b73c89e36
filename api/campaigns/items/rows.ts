import type { NewCampaignItem } from '../../../domain/campaign/campaign';

/** Checked items on their way through a buffer of lines. */

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

/** What comes one by one, in groups. */
export async function* inGroups<Thing>(things: AsyncIterable<Thing>, size: number): AsyncGenerator<readonly Thing[]> {
  let group: Thing[] = [];
  for await (const thing of things) {
    group.push(thing);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
