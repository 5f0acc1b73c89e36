/** What became of a group of rows, as the API answers it. */
export interface GroupOutcome {
  readonly imported: number;
  readonly unchanged: number;
  readonly skipped: readonly { readonly legacy_id: string; readonly reason: string; readonly message?: string }[];
}

export const ROW_LISTS = ['teams', 'providers', 'models', 'members', 'credentials', 'tasks', 'usage'] as const;
export type RowList = (typeof ROW_LISTS)[number];

/** A move as the installation knows it. */
export interface MoveState {
  /** Null: it has not begun. */
  readonly id: string | null;
  readonly usage_through: number;
  readonly counts: Readonly<Record<'teams' | 'providers' | 'models' | 'users' | 'keys' | 'tasks', number>>;
  readonly balance_usd: string;
  readonly ledger_usd: string;
  /** What changed at the source since and was booked; null: it was not asked again. */
  readonly delta: { readonly at: string; readonly spent_usd: string; readonly added_usd: string } | null;
}

export interface KeyState {
  readonly legacy_id: string;
  readonly team: string;
  readonly name: string;
  readonly limit_usd: string | null;
  readonly expires_at: string | null;
  readonly models: readonly string[];
  readonly revoked: boolean;
  readonly key_hash: string;
}

/** Which of the old keys are served here. */
export interface TrafficState {
  readonly state: 'off' | 'on';
  readonly provider: string | null;
  readonly base_url: string | null;
  readonly percent: number;
  readonly split_by: 'key' | 'member';
  readonly teams: readonly { readonly team: string; readonly percent: number }[];
  readonly keys: readonly { readonly team: string; readonly name: string; readonly percent: number }[];
  readonly old_keys: { readonly kept: number; readonly here: number; readonly old: number };
}

export type TrafficWish = Pick<TrafficState, 'percent' | 'split_by' | 'teams' | 'keys'> & {
  readonly base_url?: string;
  readonly models: readonly string[];
};

export interface OldKey {
  readonly legacy_id: string;
  /** Without `sk-`. */
  readonly key: string;
}

/** What was spent here by keys of the move: the old gateway does not know of it. */
export interface Rollback {
  readonly traffic: TrafficState;
  readonly spent_here: {
    readonly since: string;
    readonly total_usd: string;
    readonly data: readonly {
      readonly team: string;
      readonly key: string;
      readonly owner: string | null;
      readonly requests: number;
      readonly spent_usd: string;
    }[];
  };
}

export interface BookedDelta {
  readonly changed: number;
  readonly unchanged: number;
  /** Legacy ids that did not come in, or have no limit here. */
  readonly unknown: readonly string[];
  readonly spent_usd: string;
  readonly added_usd: string;
}

/** Legacy ids by what a delta did to them beside their balance. */
export interface TakenStates {
  /** The source refuses them now, and so they are refused here. */
  readonly refused: readonly string[];
  readonly restored: readonly string[];
  /** Expiry, models, addresses, or whether there is a limit. */
  readonly bounds: readonly string[];
  /** They did not come in. */
  readonly unknown: readonly string[];
}

export interface DeltaAnswer {
  readonly members: BookedDelta;
  readonly credentials: BookedDelta;
  readonly member_states: TakenStates;
  readonly key_states: TakenStates;
}

/** The installation that is moved to: its administration, by whoever calls it over HTTP. */
export interface TargetInstallation {
  begin(source: {
    readonly source: string;
    readonly product: string;
    readonly location: string;
    readonly dry_run: boolean;
    /** What notices and the checklist tell of the plan. */
    readonly plan?: object;
  }): Promise<MoveState>;
  /** @param id - null: a dry run of a move that has not begun */
  rows(id: string | null, dryRun: boolean, rows: Readonly<Record<string, unknown>>): Promise<Readonly<Record<RowList, GroupOutcome>>>;
  keys(id: string, legacyIds: readonly string[]): Promise<readonly KeyState[]>;
  traffic(id: string): Promise<TrafficState>;
  setTraffic(id: string, wish: TrafficWish): Promise<TrafficState>;
  /** Ends it: every key is served here, and the old keys are deleted. */
  endTraffic(id: string): Promise<TrafficState>;
  keepKeys(id: string, keys: readonly OldKey[]): Promise<{ readonly kept: number; readonly refused: readonly string[] }>;
  rollback(id: string): Promise<Rollback>;
  delta(id: string, dryRun: boolean, rows: Readonly<Partial<Record<keyof DeltaAnswer, readonly object[]>>>): Promise<DeltaAnswer>;
  /** Names of what is defined. */
  names(of: 'providers' | 'models'): Promise<ReadonlySet<string>>;
  /** Names of providers that are not disabled. */
  enabledProviders(): Promise<ReadonlySet<string>>;
  /** Asks with an old key in each of its spellings. @returns the status codes */
  signIn(key: string): Promise<readonly number[]>;
  /** Calls a provider as `atelier providers test` does. */
  test(provider: string, model: string): Promise<{ readonly ok: boolean; readonly message: string }>;
}
