import type { ChainPoint } from './chain';
import type { ShownEntry } from './entry';

/** What chooses entries; several filters must all fit. */
export interface AuditFilter {
  /** Exactly; a person also by e-mail. */
  readonly actor?: string;
  /** Exactly, or a kind for all its verbs: "key". */
  readonly action?: string;
  /** Exactly, or its beginning before a final "*": "key:studio/*". */
  readonly object?: string;
  /** At this time or later. */
  readonly from?: Date;
  /** Before this time. */
  readonly to?: Date;
}

export interface AuditPage {
  readonly limit: number;
  /** Newest first, as people read it; oldest first, as the chain runs. */
  readonly order: 'newest' | 'oldest';
  /** The place of the last one of the page before. */
  readonly after?: number;
}

/** The head of the chain as it was signed under the master key. */
export interface AuditAnchor extends ChainPoint {
  readonly signedAt: Date;
  readonly signature: string;
}

/** The audit log. Entries come by themselves, in the transaction of what they tell of; nobody changes or deletes one. */
export interface AuditStore {
  list(filter: AuditFilter, page: AuditPage): Promise<{ readonly data: readonly ShownEntry[]; readonly hasMore: boolean }>;
  head(): Promise<ChainPoint>;
  /** The hash of the entry at a place; null: there is none. */
  hashAt(seq: number): Promise<string | null>;
  /** Writes an act down that changes no table of the administration, such as a test of a provider. */
  note(action: string, object: string, after?: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `note`, unless the request has an entry already. */
  noteRequest(requestId: string, action: string, object: string): Promise<void>;
  /** The last one that was written; null: none was. */
  anchor(): Promise<AuditAnchor | null>;
  setAnchor(anchor: AuditAnchor): Promise<void>;
}

/** The text that is signed of the head of the chain. */
export function anchorText({ seq, hash }: ChainPoint): string {
  return `${String(seq)}:${hash}`;
}

/** An anchor as it is kept in a file. */
export function writeAnchor({ seq, hash, signedAt, signature }: AuditAnchor): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ seq, hash, signed_at: signedAt.toISOString(), signature }));
}

/** @returns null where it is no anchor */
export function readAnchor(bytes: Uint8Array | null): AuditAnchor | null {
  if (bytes === null) return null;
  try {
    const { seq, hash, signed_at: at, signature } = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
    const signedAt = new Date(String(at));
    if (!Number.isSafeInteger(seq) || Number.isNaN(signedAt.getTime())) return null;
    return { seq: Number(seq), hash: String(hash), signedAt, signature: String(signature) };
  } catch {
    return null;
  }
}

/** Where the signed head is kept a second time. */
export const ANCHOR_KEY = 'audit/anchor.json';
