import type { LegacyProduct } from './source';

/** What the plan of a move says that its notices and its checklist tell. */
export interface PlanFacts {
  readonly product: LegacyProduct;
  /** ISO time of the source's snapshot. */
  readonly snapshotAt: string;
  /** Address of the old gateway; null: the plan has none. */
  readonly oldBaseUrl: string | null;
  readonly teams: number;
  readonly members: number;
  readonly keys: number;
  /** With a price. */
  readonly models: number;
  /** Models that have no price: how many, and the names of the first `MOST_UNPRICED`. */
  readonly unpriced: { readonly count: number; readonly names: readonly string[] };
  /** Members who owe something. */
  readonly debts: number;
  /** Absent: it was kept before the checklist was. */
  readonly checklist?: PlannedWork;
}

/** What a checklist measures a move by. */
export interface PlannedWork {
  /** Models that no provider serves. */
  readonly routeless: number;
  /** Members who cannot sign in. */
  readonly withoutEmail: number;
  /** Sum of the members' balances, as `formatUsd` writes it. */
  readonly balanceUsd: string;
  /** Names of providers that have a key to call them with. */
  readonly providers: readonly string[];
  /** Spending of the past; `include`: it comes along. */
  readonly usage: { readonly rows: number; readonly spentUsd: string; readonly include: boolean };
  /** Finished generations. */
  readonly history: { readonly tasks: number; readonly include: boolean };
}

/** Names of models without a price in a notice. */
export const MOST_UNPRICED = 20;
