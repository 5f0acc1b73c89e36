/** The lists of a plan, in their order. */
export const PLAN_LISTS = ['teams', 'providers', 'models', 'members', 'credentials', 'skipped', 'warnings'] as const;
export type PlanList = (typeof PLAN_LISTS)[number];

/** Left out of the move when false; a person may put it on any entry. */
interface Entry {
  readonly include?: boolean;
}

export interface PlanTeam extends Entry {
  readonly legacy_group: string;
  readonly name: string;
  /** What the group's calls cost times the price; null: the source has none, which both programs take for 1. */
  readonly ratio: string | null;
}

export interface PlanProvider extends Entry {
  readonly legacy_id: number;
  readonly name: string;
  readonly kind: string;
  readonly base_url: string;
  /** False until somebody has tested it. */
  readonly enabled: boolean;
  readonly keys: readonly { readonly name: string; readonly enabled: boolean }[];
}

/** Decimal strings of US dollars, named as in the configuration file. */
export type PlanPrice = Readonly<Record<string, string>>;

export interface PlanRoute {
  readonly provider: string;
  readonly model: string;
  readonly priority?: number;
  readonly weight?: number;
}

export interface PlanModel extends Entry {
  readonly name: string;
  readonly modality: 'text' | 'image' | 'video';
  /** Null: the source has none, and none is invented. */
  readonly price: PlanPrice | null;
  readonly capabilities?: Readonly<Record<string, boolean>>;
  readonly routes: readonly PlanRoute[];
}

export interface PlanMember extends Entry {
  readonly legacy_id: number;
  /** The user's name at the source. */
  readonly name: string;
  readonly display_name: string;
  /** Null: the source has none, or somebody else has it already. */
  readonly email: string | null;
  readonly team: string;
  /** Below 0: a debt. */
  readonly balance_usd: string;
  /** What the source said, whatever `balance_usd` is changed to: a delta counts from here. */
  readonly at_source_usd?: string | undefined;
  readonly enabled: boolean;
  /** What the source said, whatever `enabled` is changed to: see `userState`. */
  readonly at_source_state?: string | undefined;
}

export interface PlanCredential extends Entry {
  readonly legacy_id: number;
  readonly name: string;
  /** The member's name. */
  readonly owner: string;
  readonly team: string;
  readonly class: 'production' | 'test' | 'script' | 'personal';
  readonly limit_usd: string | null;
  /** Of a key with a limit: what the source said was left, whatever `limit_usd` is changed to. */
  readonly at_source_usd?: string | undefined;
  readonly expires_at: string | null;
  readonly models: readonly string[] | null;
  readonly ip_allow: readonly string[] | null;
  readonly enabled: boolean;
  /** What the source said of it, whatever is changed here: see `tokenState`. */
  readonly at_source_state?: string | undefined;
}

export interface PlanSkip {
  readonly entity: string;
  readonly legacy_id: number | null;
  readonly reason: string;
  /** Rows, where a whole table or kind of rows stays behind. */
  readonly count?: number;
  readonly detail?: string;
}

export interface PlanWarning {
  readonly category: string;
  readonly entity: string;
  readonly legacy_id?: number;
  readonly name?: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

export interface PlanLists {
  readonly teams: PlanTeam;
  readonly providers: PlanProvider;
  readonly models: PlanModel;
  readonly members: PlanMember;
  readonly credentials: PlanCredential;
  readonly skipped: PlanSkip;
  readonly warnings: PlanWarning;
}

/** What becomes of the rows of one table. */
export interface TableFate {
  readonly rows: number;
  readonly imported: number;
  readonly skipped: number;
}

/** What a plan says beside its lists. */
export interface PlanHead {
  readonly version: 1;
  readonly source: {
    readonly product: string;
    readonly version: string;
    readonly snapshot_at: string;
    readonly location: string;
    readonly log_location?: string;
    readonly fingerprint: string;
    readonly quota_per_usd: string;
  };
  readonly old_gateway: { readonly base_url: string | null };
  readonly balances: {
    readonly source_quota: string;
    readonly source_usd: string;
    readonly planned_usd: string;
    readonly difference_usd: string;
  };
  /** Finished videos, songs and images that come along as records. */
  readonly history: { readonly tasks: number; readonly midjourneys: number; readonly include: boolean };
  /** Spending of the past, by hour, for the charts of usage. */
  readonly usage: { readonly rows: number; readonly spent_usd: string; readonly include: boolean };
  readonly tables: Readonly<Record<string, TableFate>>;
}

/** Where the entries of a plan go, one by one. */
export type PlanSink = <List extends PlanList>(list: List, entry: PlanLists[List]) => void;
