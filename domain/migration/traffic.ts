import type { MicroUsd } from '../money/money';
import type { PastGeneration } from './import';

/** Which of the old keys are served here while a move lasts, and by the old gateway the rest. */

/** All keys, in the steps in which shares of them are given. */
export const WHOLE = 10_000;

/** `key`: each key goes its own way. `member`: all keys of a person are on one side, so that one balance is spent on one side at a time. */
export type SplitBy = (typeof SPLITS)[number];
export const SPLITS = ['key', 'member'] as const;

/** What a caller wants of a move's traffic; shares in ten-thousandths of all keys. */
export interface TrafficWish {
  readonly provider: string;
  /** Models that the old gateway serves; null: all. */
  readonly models: readonly string[] | null;
  readonly here: number;
  readonly splitBy: SplitBy;
  readonly teams: readonly { readonly team: string; readonly here: number }[];
  readonly keys: readonly { readonly team: string; readonly name: string; readonly here: number }[];
}

export interface Traffic extends TrafficWish {
  readonly beganAt: Date;
  readonly updatedAt: Date;
  /** Keys by the side that serves them now. `kept`: those that the old gateway can be called with; others are always served here. */
  readonly counts: { readonly kept: number; readonly here: number; readonly old: number };
}

/** What was spent here by keys of a move. */
export interface SpentHere {
  readonly team: string;
  readonly key: string;
  /** E-mail address; null: nobody in particular. */
  readonly owner: string | null;
  readonly requests: number;
  readonly spentMicroUsd: MicroUsd;
}

/** What the source says is left now. */
export interface SourceBalance {
  readonly legacyId: string;
  readonly leftMicroUsd: MicroUsd;
}

/** What the source says of a user beside their balance. */
export interface SourceMember {
  readonly legacyId: string;
  /** `1`: it lets them in. `0`: it does not. */
  readonly state: string;
}

/** What the source says of a key now. */
export interface SourceKey {
  readonly legacyId: string;
  /** `<0 or 1: enabled> <0 or 1: limited> <expiry> <mark of its models> <mark of its addresses>`; `?`: not known, as before. */
  readonly state: string;
  /** What is left of it; null: not limited. */
  readonly leftMicroUsd: MicroUsd | null;
  readonly expiresAt: Date | null;
  readonly models: readonly string[];
  /** CIDRs. */
  readonly ipAllow: readonly string[] | null;
}

/** Legacy ids of keys or users, by what became of them. */
export interface StateOutcome {
  /** Those that came in. */
  readonly known: ReadonlySet<string>;
  /** The source refuses them now, and so they are refused here. */
  readonly refused: readonly string[];
  /** The source lets them in again. */
  readonly restored: readonly string[];
  /** Expiry, models, addresses, or whether there is a limit. */
  readonly bounds: readonly string[];
}

export interface DeltaOutcome {
  /** Rows that the move knows and that have a limit here. */
  readonly known: ReadonlySet<string>;
  readonly changed: number;
  readonly spentMicroUsd: MicroUsd;
  readonly addedMicroUsd: MicroUsd;
}

/** A generation of the past, as it came in. */
export interface ImportedRecord extends PastGeneration {
  /** `<table>/<legacy id>` */
  readonly id: string;
  readonly team: string;
  readonly owner: string | null;
}

/** The way of moves between two gateways. All that write tell every process at once. */
export interface TrafficStore {
  /** Null: nothing of it goes through the old gateway. */
  find(id: string): Promise<Traffic | null>;
  /** @throws AppError `invalid_value` for a team or key that the installation does not know */
  set(id: string, wish: TrafficWish): Promise<void>;
  /**
   * Keeps old keys, encrypted, for calls of the old gateway. A key is kept only for the row that came in with it.
   * @param keys - without `sk-`
   * @returns legacy ids of those that are not what came in, or never did
   * @throws AppError `conflict` before `set`
   */
  keep(id: string, keys: readonly { readonly legacyId: string; readonly key: string }[]): Promise<readonly string[]>;
  /** What the keys of the move have spent here since its traffic began; the highest first, at most 1,000, and the sum of all. */
  spent(id: string): Promise<{ readonly since: Date; readonly totalMicroUsd: MicroUsd; readonly keys: readonly SpentHere[] }>;
  /**
   * Ends it: every key is served here, and the old keys are deleted.
   * @throws AppError `conflict` while generations run at the old gateway
   */
  end(id: string): Promise<void>;
  /** Books what the source says is left of balances (`member`) or keys (`credential`), as far as it changed since it was asked last. */
  book(id: string, of: 'member' | 'credential', rows: readonly SourceBalance[], dryRun: boolean): Promise<DeltaOutcome>;
  /** Takes over what the source says of keys, as far as it differs from what it said last: what was changed here on purpose stays. */
  takeKeys(id: string, rows: readonly SourceKey[], dryRun: boolean): Promise<StateOutcome>;
  /** The same of users who came in as new people: somebody who was here before is not disabled for what another gateway says. */
  takeMembers(id: string, rows: readonly SourceMember[], dryRun: boolean): Promise<StateOutcome>;
  /** Generations of the past, the newest first. @throws AppError `not_found` when `after` is none of them */
  records(id: string, page: { readonly limit: number; readonly after: string | null }): Promise<readonly ImportedRecord[]>;
}
