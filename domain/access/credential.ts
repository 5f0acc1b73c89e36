import type { AnswerDefaults, CredentialClass, KeyBounds } from './caller';
import type { MicroUsd } from '../money/money';
import type { ManagedBy } from './team';

/** What a credential may spend, in micro-US-dollars; null: no limit of its own. Months and days are the team's. */
export interface CredentialLimits {
  readonly total: MicroUsd | null;
  readonly monthly: MicroUsd | null;
  readonly daily: MicroUsd | null;
}
export const NO_LIMITS: CredentialLimits = { total: null, monthly: null, daily: null };

/** What may be set of a credential, now or later. */
export interface CredentialSettings {
  readonly class: CredentialClass;
  /** Name of a project of the team whose spending it is; null: none. */
  readonly project: string | null;
  /** E-mail of the person who answers for it; null: nobody in particular. */
  readonly owner: string | null;
  /** What it is for, in words. */
  readonly purpose: string | null;
  readonly limits: CredentialLimits;
  /** `["*"]` or names of models. */
  readonly models: readonly string[];
  readonly bounds: KeyBounds;
  readonly defaults: AnswerDefaults;
}

/** A part of the settings, down to single bounds. */
export type CredentialChange = Partial<Omit<CredentialSettings, 'bounds' | 'defaults' | 'limits'>> & {
  readonly bounds?: Partial<Omit<KeyBounds, 'rate'>> & { readonly rate?: Partial<KeyBounds['rate']> };
  readonly defaults?: Partial<AnswerDefaults>;
  readonly limits?: Partial<CredentialLimits>;
};

/** Is it usable? A credential whose key ended or was revoked is kept with its history. */
export type CredentialState = 'active' | 'expired' | 'revoked';
export const CREDENTIAL_STATES = ['active', 'expired', 'revoked'] as const satisfies readonly CredentialState[];

/** A credential as listed: never a key itself. */
export interface Credential extends CredentialSettings {
  readonly id: number;
  readonly team: string;
  readonly name: string;
  readonly managedBy: ManagedBy;
  readonly state: CredentialState;
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  /** The first characters of the key, for people to tell keys apart; safe to log. Empty: it has no key. */
  readonly hint: string;
  /** `operator`, or the id of the incident that froze it; null: it is not frozen. */
  readonly frozenBy: string | null;
  /** Why somebody froze it by hand. */
  readonly frozenReason: string | null;
  /** Keys that rotations replaced and that are still valid. */
  readonly formerKeys: readonly { readonly hint: string; readonly validUntil: Date }[];
  readonly createdAt: Date;
  /** When its key was last replaced. */
  readonly rotatedAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What is stored of a new key. */
export interface NewKey {
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  readonly hint: string;
}

export interface NewCredential extends CredentialSettings, NewKey {
  readonly team: string;
  readonly name: string;
}

/** Names a credential. */
export interface CredentialPlace {
  readonly team: string;
  readonly name: string;
}

export interface CredentialFilter {
  /** Names of teams; null: of all. */
  readonly teams: readonly string[] | null;
  readonly team?: string | undefined;
  readonly project?: string | undefined;
  readonly class?: CredentialClass | undefined;
  /** E-mail. */
  readonly owner?: string | undefined;
  readonly state?: CredentialState | undefined;
  /** The last one of the page before. */
  readonly after?: CredentialPlace | undefined;
  /** 1..100 */
  readonly limit: number;
}

/** Credentials in the order of team and name; not those that a configuration named once and no longer does. */
export interface CredentialStore {
  list(filter: CredentialFilter): Promise<{ readonly data: readonly Credential[]; readonly hasMore: boolean }>;
  /** @throws AppError `not_found` */
  find(place: CredentialPlace): Promise<Credential>;
  /** @throws AppError `not_found` for an unknown team, `invalid_value` for an unknown project or owner, `conflict` for a name in use */
  create(credential: NewCredential): Promise<Credential>;
  /** Changes what is given, and nothing else. @throws AppError `not_found`, `invalid_value` for an unknown project or owner */
  change(place: CredentialPlace, change: CredentialChange): Promise<Credential>;
  /**
   * Gives the credential another key. Keys that are valid now stay so until `overlapS` from now, or until their own end if that is sooner.
   * @throws AppError `not_found`, `conflict` when it is revoked, has no key, or eight keys are valid at once
   */
  rotate(place: CredentialPlace, key: NewKey, overlapS: number): Promise<Credential>;
  /** Ends all its keys for good; repeating keeps the first time. @throws AppError `not_found` */
  revoke(place: CredentialPlace): Promise<Credential>;
  /** Notes that credentials were used now, by their ids. */
  markUsed(ids: readonly number[]): Promise<void>;
}
