import type { ActWay } from './act';
import { canonicalJson } from './canonical-json';

/** An act as the audit log keeps it: everything that is hashed, and the hash. */
export interface AuditEntry {
  /** `audit_` and its place in the chain, from 1 on and without gaps. */
  readonly id: string;
  /** UTC, to the microsecond: "2026-11-29T12:00:00.123456Z". */
  readonly at: string;
  /** See `Act`; also `database:<role>` for what was changed by SQL. */
  readonly actor: string;
  readonly via: ActWay;
  /** Kind of thing and verb: `key.rotate`. */
  readonly action: string;
  /** `key:studio/site`, `user:user_…`. */
  readonly object: string;
  /** Of a change: what is different, as it was; null: it was made, or there is nothing to show. */
  readonly before: Fields | null;
  /** Of a change: what is different, as it is now; null: it is gone, or there is nothing to show. */
  readonly after: Fields | null;
  readonly request_id: string | null;
  /** `sha256:` and the hex SHA-256 of salt and address; null: no address was known. */
  readonly ip_hash: string | null;
  readonly prev_hash: string;
  readonly hash: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** An entry with what is kept beside the chain, and may be forgotten without a break of it. */
export interface ShownEntry extends AuditEntry {
  /** null: not known, or forgotten with the person. */
  readonly ip: string | null;
  readonly ip_salt: string | null;
  /** E-mail of a person who acted; null: no person, or one who was erased. */
  readonly actor_name: string | null;
}

/** What the first entry names as the hash before it. */
export const FIRST_HASH = '0'.repeat(64);

const HASHED = ['action', 'actor', 'after', 'at', 'before', 'id', 'ip_hash', 'object', 'prev_hash', 'request_id', 'via'] as const;

/** The text whose SHA-256 in hex is the entry's `hash`. */
export function hashedText(entry: AuditEntry): string {
  return canonicalJson(Object.fromEntries(HASHED.map((name) => [name, entry[name]])));
}

/** The place of an entry in the chain; null: it is no id of one. */
export function placeOf(id: string): number | null {
  const digits = /^audit_([1-9]\d{0,15})$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}
