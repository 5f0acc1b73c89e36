/**
 * The first and the last of ids, for `id between`: beside `= any(list)` it tells Postgres which partitions a statement can touch. ['', ''] for
 * none, which is between nothing.
 */
export function spanOf(ids: readonly string[]): readonly [first: string, last: string] {
  let first = ids[0] ?? '';
  let last = first;
  for (const id of ids) {
    if (id < first) first = id;
    else if (id > last) last = id;
  }
  return [first, last];
}
