import type { Caller } from '../access/caller';
import type { MicroUsd } from './money';

/** Result of `ledger verify`. */
export interface LedgerReport {
  readonly ok: boolean;
  readonly accounts: number;
  readonly entries: number;
  /** Of these, in ranges that are over and were proved earlier: their sums were taken as they stood then. */
  readonly sealedEntries: number;
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
  /**
   * Proves: each balance is the sum of its entries; nothing negative; each task reserved and closed once; no over-spending.
   * @param isFull - read again what was proved earlier, too, and compare it with what it was then
   */
  verify(options?: { readonly isFull: boolean }): Promise<LedgerReport>;
  /**
   * Gives back part of what a settled task cost, to every budget in which it was counted. Repeating the same reason changes nothing.
   * @param amountMicroUsd - null: all that is left of its cost
   * @returns what was given back
   * @throws AppError `not_found`, `task_not_finished`, `invalid_value` when it is more than is left of the cost
   */
  refund(taskId: string, amountMicroUsd: MicroUsd | null, reason: string): Promise<MicroUsd>;
}
