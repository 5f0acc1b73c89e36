/** What was read of late, by key: one read for many requests. */
export interface Recent<Value> {
  /** At most `ttlMs` old. */
  find(key: string): Value | Promise<Value>;
  forget(key: string): void;
  /** Forgets what was read, and what is being read: all of it, or what the test says of values that are there. */
  clear(isOut?: (value: Value) => boolean): void;
}

interface Entry<Value> {
  readonly reading: Promise<Value>;
  value: { readonly is: Value } | null;
  readonly untilMs: number;
}

/** @param most - entries; beyond, the oldest goes */
export function createRecent<Value>(options: {
  readonly read: (key: string) => Promise<Value>;
  readonly ttlMs: number;
  readonly most: number;
}): Recent<Value> {
  const entries = new Map<string, Entry<Value>>();

  function read(key: string): Promise<Value> {
    const entry: Entry<Value> = { reading: options.read(key), value: null, untilMs: performance.now() + options.ttlMs };
    entries.set(key, entry);
    if (entries.size > options.most) entries.delete(entries.keys().next().value ?? '');
    entry.reading.then(
      (value) => {
        entry.value = { is: value };
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key);
      },
    );
    return entry.reading;
  }

  return {
    find(key) {
      const entry = entries.get(key);
      if (entry === undefined) return read(key);
      if (entry.untilMs < performance.now()) {
        entries.delete(key);
        return read(key);
      }
      return entry.value === null ? entry.reading : entry.value.is;
    },
    forget: (key) => void entries.delete(key),
    clear(isOut) {
      for (const [key, { value }] of entries) if (isOut === undefined || value === null || isOut(value.is)) entries.delete(key);
    },
  };
}
