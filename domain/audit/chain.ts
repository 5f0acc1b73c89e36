import { FIRST_HASH, hashedText, placeOf, type ShownEntry } from './entry';

/** SHA-256 of a text's UTF-8 bytes, in hex. */
export type Sha256 = (text: string) => string;

/** A place of the chain and the hash of the entry there. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

/** The first break of the chain. */
export interface ChainFault {
  /** The entry at fault, or the first one that is missing. */
  readonly id: string;
  readonly message: string;
}

/** Looks at the entries of the chain one after the other, without keeping them. */
export interface ChainVerifier {
  /** @param entry - the next one, in the order of the chain @returns what is wrong with it; null: nothing */
  next(entry: ShownEntry): ChainFault | null;
  /**
   * No more entries come.
   * @param known - places that the chain must reach, with these hashes: its head, and what was signed or noted elsewhere
   */
  end(known: readonly (ChainPoint & { readonly name: string })[]): ChainFault | null;
  /** How many were looked at, and how many of their addresses were forgotten. */
  counts(): { readonly entries: number; readonly forgotten: number };
  last(): ChainPoint;
}

/**
 * Proves a chain: every entry has the hash of what it says and names the hash of the one before, none is missing, and where the
 * beginning is gone an entry `audit.prune` of the chain says so.
 * @param watched - places whose hashes are to be compared at the end (`end`)
 */
export function createChainVerifier(sha256: Sha256, watched: readonly number[] = []): ChainVerifier {
  const hashes = new Map<number, string>();
  let last: ChainPoint = { seq: 0, hash: FIRST_HASH };
  let entries = 0;
  let forgotten = 0;
  /** What stands before the first entry that is there. */
  let begins: ChainPoint | null = null;
  let isBeginningSaid = false;

  function faultOf(entry: ShownEntry, seq: number): string | null {
    if (entry.prev_hash !== last.hash) return `prev_hash is not the hash of ${idOf(last.seq)}: one of the two was changed.`;
    if (sha256(hashedText(entry)) !== entry.hash) return 'hash is not that of what the entry says: it was changed.';
    if (entry.ip !== null && `sha256:${sha256(`${entry.ip_salt ?? ''}${entry.ip}`)}` !== entry.ip_hash) {
      return 'ip is not the address that the entry was written with: it was changed.';
    }
    if (isPruneOf(entry, begins)) isBeginningSaid = true;
    if (entry.ip_hash !== null && entry.ip === null) forgotten += 1;
    if (watched.includes(seq)) hashes.set(seq, entry.hash);
    return null;
  }

  return {
    next(entry) {
      const seq = placeOf(entry.id);
      if (seq === null) return { id: entry.id.slice(0, 64), message: 'This is no entry of the audit log.' };
      if (begins === null) {
        begins = { seq: seq - 1, hash: entry.prev_hash };
        if (seq > 1) last = begins;
      }
      if (seq !== last.seq + 1) return { id: idOf(last.seq + 1), message: `The entry is missing: ${entry.id} follows ${idOf(last.seq)}.` };
      const message = faultOf(entry, seq);
      if (message !== null) return { id: entry.id, message };
      entries += 1;
      last = { seq, hash: entry.hash };
      return null;
    },
    end(known) {
      if (begins !== null && begins.seq > 0 && !isBeginningSaid) {
        return {
          id: idOf(begins.seq),
          message: 'The entry is missing, with all before it, and no entry audit.prune says that they were let go.',
        };
      }
      for (const { seq, hash, name } of known) {
        if (seq > last.seq) return { id: idOf(last.seq + 1), message: `The entry is missing: ${name} is at ${idOf(seq)}.` };
        const found = seq === last.seq ? last.hash : hashes.get(seq);
        if (found !== undefined && found !== hash) return { id: idOf(seq), message: `The hash of the entry is not that of ${name}.` };
      }
      return null;
    },
    counts: () => ({ entries, forgotten }),
    last: () => last,
  };
}

function idOf(seq: number): string {
  return `audit_${String(seq)}`;
}

/** Does the entry say that all up to this place was let go? */
function isPruneOf({ action, after }: ShownEntry, begins: ChainPoint | null): boolean {
  return action === 'audit.prune' && begins !== null && after?.['through'] === begins.seq && after['hash'] === begins.hash;
}
