/** Values on their way into statements: into `text` columns, JSON, and `between`. */

// Postgres text holds neither NUL nor half a surrogate pair; both come from careless clients and must not fail a whole group.
const UNSTORABLE = /\p{Surrogate}|\0/gu;

/** The text with what Postgres cannot store replaced by U+FFFD. */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

/** As `storable`; null stays null. */
export function storableOrNull(text: string | null): string | null {
  return text === null ? null : storable(text);
}

/** JSON text of a value that holds no bigint; null for null. */
export function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Escapes that JSON.stringify writes only for what `storable` replaces (or for a text that spells them, which then takes the slow way too). */
const SUSPECT = /\\u0000|\\ud[89a-f]/;

/** JSON text whose strings Postgres can take apart; what it cannot store is replaced by U+FFFD. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!SUSPECT.test(text)) return text;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner));
}

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
