/** Checked items on their way through a buffer of lines. */
export { itemLine as rowOf, itemOfLine as itemOf } from '../../../domain/campaign/item-line';

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
