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

/** The installation that is moved to: its administration, by whoever calls it over HTTP. */
export interface TargetInstallation {
  begin(source: {
    readonly source: string;
    readonly product: string;
    readonly location: string;
    readonly dry_run: boolean;
  }): Promise<MoveState>;
  /** @param id - null: a dry run of a move that has not begun */
  rows(id: string | null, dryRun: boolean, rows: Readonly<Record<string, unknown>>): Promise<Readonly<Record<RowList, GroupOutcome>>>;
  keys(id: string, legacyIds: readonly string[]): Promise<readonly KeyState[]>;
  /** Names of what is defined. */
  names(of: 'providers' | 'models'): Promise<ReadonlySet<string>>;
  /** Names of providers that are not disabled. */
  enabledProviders(): Promise<ReadonlySet<string>>;
  /** Asks with an old key in each of its spellings. @returns the status codes */
  signIn(key: string): Promise<readonly number[]>;
  /** Calls a provider as `atelier providers test` does. */
  test(provider: string, model: string): Promise<{ readonly ok: boolean; readonly message: string }>;
}
