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

/** How heavy a group may become: it ends with the thing that brings it there. */
export interface GroupWeight<Thing> {
  readonly of: (thing: Thing) => number;
  readonly most: number;
}

/** What comes one by one, in groups of at most `size`. */
export async function* inGroups<Thing>(
  things: AsyncIterable<Thing>,
  size: number,
  weight: GroupWeight<Thing> = { of: () => 0, most: Number.POSITIVE_INFINITY },
): AsyncGenerator<readonly Thing[]> {
  let group: Thing[] = [];
  let sum = 0;
  for await (const thing of things) {
    group.push(thing);
    sum += weight.of(thing);
    if (group.length < size && sum < weight.most) continue;
    yield group;
    group = [];
    sum = 0;
  }
  if (group.length > 0) yield group;
}
