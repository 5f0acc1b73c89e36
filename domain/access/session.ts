import type { Caller } from './caller';
import type { Person } from './principal';
import type { Locale } from './person';

/** A request's cookie is worth nothing after so long without a request, and after so long at all. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** Ten failed sign-ins of an account within a quarter of an hour lock it for a quarter of an hour. */
export const LOCK_OUT = { failures: 10, withinMs: 900_000, lockMs: 900_000 } as const;
/** An invitation, or a link to choose another password, is good for three days. */
export const LINK_LIFETIME_MS = 72 * 3_600_000;

export type SignInMethod = 'password' | 'oidc';

/** Where a sign-in came from. */
export interface Origin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A session as its owner sees it. */
export interface SessionInfo {
  /** `sess_` and 32 hex digits; not the secret. */
  readonly id: string;
  readonly method: SignInMethod;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A live session: who it is, and the credentials that they generate with. */
export interface LiveSession {
  readonly id: string;
  readonly person: Person;
  readonly locale: Locale;
  readonly timeZone: string | null;
  /** The person's own credential, by team; not in it: none was made yet, or it was revoked. */
  readonly callers: ReadonlyMap<number, Caller>;
  readonly expiresAt: Date;
}

/** A session to be made. Its token is random and is stored as its hash only. */
export interface NewSession extends Origin {
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  /** Ends at the latest after so long. */
  readonly lifetimeMs: number;
  /** Token hash of the one that the browser had before, which ends. */
  readonly replaces: string | null;
}

/** What a password is compared with. */
export interface SignInFacts {
  readonly userId: number;
  /** null: they have none. */
  readonly passwordHash: string | null;
  readonly isDisabled: boolean;
}

/** May the account try a password now? */
export type Turn =
  | { readonly kind: 'try'; /** Failures of the address in the last quarter of an hour. */ readonly addressFailures: number }
  | { readonly kind: 'locked'; readonly until: Date };

export type LinkKind = 'invite' | 'reset';

/** Sessions. Tokens come as their SHA-256 in hex. */
export interface SessionStore {
  /** The session of a token unless it is over, silent for longer than `idleMs`, revoked, or of a disabled person. Notes that it was seen. */
  find(tokenHash: string, idleMs: number): Promise<LiveSession | null>;
  /** Begins one. */
  begin(userId: number, method: SignInMethod, session: NewSession): Promise<void>;
  /** Those that live, the latest first. */
  list(userId: number, idleMs: number): Promise<readonly SessionInfo[]>;
  /** @returns false when the person has no such session */
  revoke(userId: number, id: string): Promise<boolean>;
  /** Ends all of a person but one. */
  revokeOthers(userId: number, keepId: string): Promise<void>;
  /** Makes the person's own credential in a team, unless it is there. @returns null when it was revoked, or the team is switched off */
  personalCaller(userId: number, teamId: number): Promise<Caller | null>;
  /** A team that is not switched off. */
  teamNamed(name: string): Promise<{ readonly id: number; readonly name: string } | null>;
}

/** Passwords and the lock-out. */
export interface PasswordStore {
  facts(email: string): Promise<SignInFacts | null>;
  set(userId: number, passwordHash: string): Promise<void>;
  /**
   * Counts an attempt before its password is checked, in one statement: over any number of processes at most ten within a quarter of an
   * hour are answered 'try'. An attempt is a failure until `succeeded`.
   * @param account - SHA-256 of the e-mail: of nobody's e-mail too
   */
  takeTurn(account: string, address: string): Promise<Turn>;
  succeeded(account: string): Promise<void>;
  /** The address slows down; if the attempt was the last one that the account had, the audit log says so. */
  failed(account: string, address: string): Promise<void>;
}

/** Links by which a person chooses a password. Tokens come as their SHA-256 in hex. */
export interface LinkStore {
  /** Gives out a link; the earlier ones of its kind end. @param createdBy - null: the admin key @returns when it ends */
  issue(userId: number, kind: LinkKind, tokenHash: string, createdBy: number | null): Promise<Date>;
  /** Whom a link is for, while it is good. */
  find(tokenHash: string): Promise<{ readonly email: string; readonly name: string; readonly kind: LinkKind } | null>;
  /**
   * Uses a link up, sets the password, ends the person's sessions and begins another: all of it or nothing, in one statement.
   * @returns the id of the user; null when the link is over, was used, or never was
   */
  use(tokenHash: string, passwordHash: string, session: NewSession): Promise<number | null>;
}
