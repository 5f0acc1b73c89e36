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

export interface LedgerStore {
  /** Proves: each balance is the sum of its entries; nothing negative; each task reserved and closed once; no over-spending. */
  verify(): Promise<LedgerReport>;
  /** Gives back part of what a settled task cost. Repeating the same `reason key` changes nothing. */
  refund(taskId: string, amountMicroUsd: MicroUsd, reasonKey: string): Promise<void>;
}
