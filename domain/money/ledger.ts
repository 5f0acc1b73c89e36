import type { Caller } from '../access/caller';
import type { MicroUsd } from './money';

/** What limits spending. A balance row per account; a task is reserved against every account it belongs to, all or none. */
export type AccountKind = 'credential' | 'class' | 'team' | 'month' | 'campaign';

/** Result of `ledger verify`. */
export interface LedgerReport {
  readonly ok: boolean;
  readonly accounts: number;
  readonly entries: number;
  readonly openReservations: number;
  /** Each in plain words: what disagrees, by how much, where. */
  readonly problems: readonly string[];
}

/** What a key may spend in all, and has spent. */
export interface Allowance {
  /** The least of what the key's own limit and the budgets of its class, team and month leave it; null: nothing limits it. */
  readonly limitMicroUsd: MicroUsd | null;
  readonly spentMicroUsd: MicroUsd;
}

export interface LedgerStore {
  /** Of the key itself; what is held for running work counts in neither figure. */
  allowanceOf(caller: Pick<Caller, 'teamId' | 'credentialId' | 'credentialClass'>): Promise<Allowance>;
  /** Proves: each balance is the sum of its entries; nothing negative; each task reserved and closed once; no over-spending. */
  verify(): Promise<LedgerReport>;
  /** Gives back part of what a settled task cost. Repeating the same `reason key` changes nothing. */
  refund(taskId: string, amountMicroUsd: MicroUsd, reasonKey: string): Promise<void>;
}
