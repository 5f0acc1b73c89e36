/** The programs that can be moved in from. */
export const LEGACY_PRODUCTS = ['new-api', 'one-api'] as const;
export type LegacyProduct = (typeof LEGACY_PRODUCTS)[number];

/** Of a user or token as the program has it. */
export interface LegacyUser {
  readonly id: number;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly role: number;
  readonly status: number;
  /** What is left, in the program's units; below 0: a debt. */
  readonly quota: bigint;
  /** Referral money that was not claimed, in units. */
  readonly unclaimedQuota: bigint;
  readonly group: string;
  readonly isDeleted: boolean;
}

/** A client's key; the key itself is never part of a plan. */
export interface LegacyToken {
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  /** Without `sk-`. */
  readonly key: string;
  /** 1 enabled, 2 disabled, 3 expired, 4 exhausted. */
  readonly status: number;
  /** Unix seconds; null: never. */
  readonly expiresAt: number | null;
  /** Units; means nothing where `isUnlimited`. */
  readonly remainQuota: bigint;
  readonly isUnlimited: boolean;
  /** Null: all. */
  readonly models: readonly string[] | null;
  /** Addresses and networks; null: any. */
  readonly ipAllow: readonly string[] | null;
  /** Empty: the one of its user. */
  readonly group: string;
  readonly isDeleted: boolean;
}

/** A provider with its key or keys. */
export interface LegacyChannel {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  /** Secret. */
  readonly key: string;
  readonly status: number;
  readonly baseUrl: string;
  /** What the type keeps beside it: a region, a version of an API. */
  readonly other: string;
  readonly models: readonly string[];
  readonly groups: readonly string[];
  /** JSON, as it is stored. */
  readonly modelMapping: string;
  readonly priority: number | null;
  readonly weight: number | null;
  /** JSON of New API about channels with several keys. */
  readonly channelInfo: string;
  /** JSON of One API. */
  readonly config: string;
  /** JSON of New API; may hold a proxy with its password. */
  readonly setting: string;
  readonly settings: string;
  readonly paramOverride: string;
  readonly headerOverride: string;
}

/** A generation of the past: a video, a song or an image of Midjourney. */
export interface LegacyTask {
  readonly table: 'tasks' | 'midjourneys';
  readonly id: number;
  readonly userId: number;
  /** `suno`, `midjourney`, or the number of a channel's type. */
  readonly platform: string;
  readonly action: string;
  readonly status: string;
  /** The client's name of the model, where it is known. */
  readonly model: string | null;
  readonly prompt: string | null;
  /** Where the result was; it may have expired. */
  readonly urls: readonly string[];
  readonly failReason: string | null;
  readonly quota: bigint;
  /** The id that the client was given. */
  readonly publicId: string | null;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface LegacyRedemption {
  readonly id: number;
  /** 1 unused, 2 disabled, 3 used. */
  readonly status: number;
  readonly quota: bigint;
  readonly isDeleted: boolean;
}

/** A row of the log, as far as the move reads it. */
export interface LegacyLog {
  readonly id: number;
  readonly userId: number;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly type: number;
  readonly model: string;
  readonly tokenName: string;
  readonly tokenId: number | null;
  readonly channelId: number;
  readonly quota: bigint;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** JSON of New API: ratios and tokens. */
  readonly other: string;
  readonly content: string;
}

/** Progress of a long read: rows so far, of so many. */
export type Progress = (table: string, read: number, of: number) => void;

/**
 * One installation of New API or One API, read in one snapshot and never written. Rows come in the order of their ids, in groups, so that
 * memory doesn't grow with them.
 */
export interface LegacySource {
  readonly product: LegacyProduct;
  /** A guess by the columns that exist. */
  readonly version: string;
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  /** Where it is, without a password. */
  readonly location: string;
  /** Where its log lies, when that is elsewhere. */
  readonly logLocation: string | null;
  /** Tells sources apart: the same for every read of one installation. */
  readonly fingerprint: string;
  readonly snapshotAt: Date;
  /** Every table with its number of rows. */
  tables(): Promise<Readonly<Record<string, number>>>;
  options(): Promise<ReadonlyMap<string, string>>;
  users(): AsyncIterable<readonly LegacyUser[]>;
  usersOf(ids: readonly number[]): Promise<readonly LegacyUser[]>;
  tokens(): AsyncIterable<readonly LegacyToken[]>;
  tokensOf(ids: readonly number[]): Promise<readonly LegacyToken[]>;
  channels(): AsyncIterable<readonly LegacyChannel[]>;
  tasks(): AsyncIterable<readonly LegacyTask[]>;
  redemptions(): AsyncIterable<readonly LegacyRedemption[]>;
  /** @param after - only rows with a higher id */
  logs(progress?: Progress, after?: number): AsyncIterable<readonly LegacyLog[]>;
  close(): Promise<void>;
}

/** How a source is named. */
export interface SourcePlace {
  /** A SQLite file, `postgres://...` or `mysql://...`. */
  readonly location: string;
  /** Where the log lies when it is elsewhere. */
  readonly logLocation?: string;
  /** Stands in for the password of `location`. */
  readonly password?: string;
}

/** @throws AppError `invalid_value` with one clear line when it can't be opened, is no such program or is broken */
export type OpenSource = (place: SourcePlace) => Promise<LegacySource>;
