import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Asking the system for random numbers costs more than all else about an id, so they are fetched for hundreds of ids at once. */
const pool = new Uint32Array(1_024);
let used = pool.length;

const generator = new V7Generator({
  nextUint32() {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const value = pool[used] ?? 0;
    used += 1;
    return value;
  },
});

/** A new id: the prefix, an underscore and the 32 hexadecimal digits of a UUID of version 7, so ids sort by their time. @example newId('task') */
export function newId(prefix: string): string {
  return `${prefix}_${generator.generate().toHex()}`;
}
