type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `own` over `defaults`, objects key by key; lists and plain values are taken whole. */
export function merged(defaults: JsonObject, own: JsonObject): JsonObject {
  // fromEntries makes a key named __proto__ a key like any other.
  const entries = new Map<string, unknown>(Object.entries(defaults));
  for (const [key, value] of Object.entries(own)) {
    const before = entries.get(key);
    entries.set(key, isJsonObject(before) && isJsonObject(value) ? merged(before, value) : value);
  }
  return Object.fromEntries(entries);
}

/** True when no list or object is nested deeper than `most`: what walks it must not run out of stack. */
export function isNestedWithin(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return most > 0 && Object.values(value).every((member) => isNestedWithin(member, most - 1));
}
