/** What is remembered at most, in bytes of views: some hundred thumbnails. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Whoever asks has proved by the rows that the file is still there; what is gone is not held for long. */
const KEEP_MS = 10 * 60_000;

interface Remembered {
  readonly made: Promise<Uint8Array>;
  readonly atMs: number;
  /** 0 while it is being made. */
  bytes: number;
}

/**
 * Remembers what was made, by name, the least recently asked for forgotten first; whoever asks while it is being made waits for the same.
 * A failure is not remembered.
 * @param now - milliseconds of a clock that never goes back
 */
export function createViewCache(now: () => number = () => performance.now()) {
  /** In the order in which they were last asked for. */
  const known = new Map<string, Remembered>();
  let bytes = 0;

  function forget(name: string, entry: Remembered): void {
    if (known.get(name) !== entry) return;
    known.delete(name);
    bytes -= entry.bytes;
  }

  function makeRoom(): void {
    for (const [name, entry] of known) {
      if (bytes <= MOST_BYTES && now() - entry.atMs < KEEP_MS) return;
      if (entry.bytes > 0) forget(name, entry);
    }
  }

  return (name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    makeRoom();
    const found = known.get(name);
    if (found !== undefined && now() - found.atMs < KEEP_MS) {
      known.delete(name);
      known.set(name, found);
      return found.made;
    }
    if (found !== undefined) forget(name, found);
    const entry: Remembered = { made: make(), atMs: now(), bytes: 0 };
    known.set(name, entry);
    entry.made.then(
      (view) => {
        if (known.get(name) !== entry) return;
        entry.bytes = view.byteLength;
        bytes += entry.bytes;
        makeRoom();
      },
      () => {
        forget(name, entry);
      },
    );
    return entry.made;
  };
}
