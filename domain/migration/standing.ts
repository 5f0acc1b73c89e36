import type { PlanFacts, PlannedWork } from './plan-facts';

/** A move as the installation has it; amounts as `formatUsd` writes them. */
export interface MoveStanding {
  /** False: nothing was applied yet. */
  readonly hasBegun: boolean;
  readonly came: Readonly<Record<'users' | 'keys' | 'models' | 'tasks', number>>;
  /** Id of the last row of the source's log that is in the charts; 0: none. */
  readonly usageThrough: number;
  readonly balanceUsd: string;
  readonly ledgerUsd: string;
  /** What changed at the source since and was booked; null: it was not asked again. */
  readonly delta: { readonly at: Date; readonly spentUsd: string; readonly addedUsd: string } | null;
  /** Keys by the side that serves them; null: nothing goes through the old gateway. */
  readonly traffic: { readonly percent: number; readonly kept: number; readonly here: number; readonly old: number } | null;
  /** Names of providers that are not disabled. */
  readonly enabled: ReadonlySet<string>;
  readonly oldGateway: { readonly address: string; readonly answers: boolean } | null;
}

/** A plan that says all that a checklist measures by. */
export type WholePlan = PlanFacts & { readonly checklist: PlannedWork };

/** What a part has to say: how it stands, and what to do where it is not done. */
export type Said = readonly [detail: string, todo: string];
