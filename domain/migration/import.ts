import type { CredentialClass } from '../access/classes';
import type { MicroUsd } from '../money/money';
import type { PlanFacts } from './plan-facts';
import type { LegacyProduct } from './source';

/** Where things come from. */
export interface ImportSource {
  /** Tells installations apart; see `LegacySource.fingerprint`. */
  readonly source: string;
  readonly product: LegacyProduct;
  /** Without a password. */
  readonly location: string;
}

export interface ImportedTeam {
  readonly legacyId: string;
  readonly name: string;
  /** Decimal with at most 6 places: what its calls cost, times the price. */
  readonly priceFactor: string;
}

export interface ImportedMember {
  readonly legacyId: string;
  readonly name: string;
  /** Null: none that could receive anything. */
  readonly email: string | null;
  readonly team: string;
  /** The opening balance; below 0: a debt. */
  readonly balanceMicroUsd: MicroUsd;
  /** What the source said; absent: the same. */
  readonly atSourceMicroUsd?: MicroUsd;
  readonly enabled: boolean;
  /** What the source said of it; see `SourceMember.state`. */
  readonly sourceState?: string;
}

export interface ImportedCredential {
  readonly legacyId: string;
  /** Legacy id of the member. */
  readonly ownerId: string;
  readonly team: string;
  readonly name: string;
  readonly class: CredentialClass;
  /** SHA-256 of the key with `sk-` before it, hex. */
  readonly keyHash: string;
  readonly hint: string;
  readonly limitMicroUsd: MicroUsd | null;
  /** What the source said was left; absent: the same. */
  readonly atSourceMicroUsd?: MicroUsd;
  readonly expiresAt: Date | null;
  readonly models: readonly string[];
  /** CIDRs. */
  readonly ipAllow: readonly string[] | null;
  readonly enabled: boolean;
  /** False: its owner is not let in. It comes in revoked where the owner, who was here before the move, stays enabled. */
  readonly ownerEnabled: boolean;
  /** What the source said of it; see `SourceKey.state`. */
  readonly sourceState?: string;
}

/** What a source tells of one of its generations. */
export interface PastGeneration {
  readonly platform: string;
  readonly action: string;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly succeeded: boolean;
  readonly failReason: string | null;
  readonly urls: readonly string[];
  readonly costMicroUsd: MicroUsd;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ImportedTask extends PastGeneration {
  readonly table: 'tasks' | 'midjourneys';
  readonly legacyId: number;
  readonly ownerId: string;
}

/** What was spent in one hour, of rows of the log that were not told of before. */
export interface ImportedUsage {
  readonly hour: Date;
  readonly ownerId: string;
  /** Legacy id of the key; null: the log doesn't name it. */
  readonly credentialId: string | null;
  readonly model: string;
  readonly modality: 'text' | 'image' | 'video';
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: MicroUsd;
}

/** What became of a group of rows. */
export interface ImportOutcome {
  /** Made now; with `dryRun`: would be made. */
  readonly imported: number;
  /** Was there from an earlier time: nothing was changed. */
  readonly unchanged: number;
  readonly skipped: readonly { readonly legacyId: string; readonly reason: ImportRefusal }[];
}

/** Why a row that was to come in stays out. */
export type ImportRefusal = 'name_in_use' | 'team_missing' | 'owner_missing' | 'key_in_use';

export interface ImportOptions {
  /** Says what would be done, and does nothing. Names of teams and owners that are still to come are taken for granted. */
  readonly dryRun: boolean;
}

/** A move as it stands. */
export interface ImportState extends ImportSource {
  readonly id: string;
  readonly usageThrough: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What its plan said when it was applied last; null: nobody said. */
  readonly plan: PlanFacts | null;
  readonly counts: Readonly<Record<'team' | 'provider' | 'model' | 'member' | 'credential' | 'task', number>>;
  /** Of the opening balances. */
  readonly balanceMicroUsd: MicroUsd;
  /** What the ledger says was granted to the members that came in, less their opening debts. */
  readonly ledgerMicroUsd: MicroUsd;
  /** What changed at the source since and was booked, of all balances together; null: it was not asked again. */
  readonly delta: { readonly at: Date; readonly spentMicroUsd: MicroUsd; readonly addedMicroUsd: MicroUsd } | null;
}

/** A key that came in, as it is now. */
export interface ImportedKeyState {
  readonly legacyId: string;
  readonly team: string;
  readonly name: string;
  readonly owner: string | null;
  readonly limitMicroUsd: MicroUsd | null;
  readonly expiresAt: Date | null;
  readonly models: readonly string[];
  readonly revoked: boolean;
  readonly keyHash: string;
}

export type ImportEntity = 'provider' | 'model';

/** What is brought in from other gateways. Every group is one transaction, and what came in before is left as it is. */
export interface ImportStore {
  /** Finds or begins the move from a source. @param plan - null: what was said before holds */
  begin(source: ImportSource, plan: PlanFacts | null): Promise<string>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<ImportState>;
  /** Whether there is such a move, without counting what came in. @throws AppError `not_found` */
  require(id: string): Promise<void>;
  /** The newest first. */
  list(): Promise<readonly ImportState[]>;
  teams(id: string, rows: readonly ImportedTeam[], options: ImportOptions): Promise<ImportOutcome>;
  members(id: string, rows: readonly ImportedMember[], options: ImportOptions): Promise<ImportOutcome>;
  credentials(id: string, rows: readonly ImportedCredential[], options: ImportOptions): Promise<ImportOutcome>;
  tasks(id: string, rows: readonly ImportedTask[], options: ImportOptions): Promise<ImportOutcome>;
  /**
   * Adds spending of the past to the charts of usage.
   * @param through - id of the last row of the log that is in it; a group that was taken before changes nothing
   */
  usage(id: string, rows: readonly ImportedUsage[], through: number, options: ImportOptions): Promise<ImportOutcome>;
  /** Which of these came in before, by legacy id: the names that they have here. */
  known(id: string, entity: ImportEntity, legacyIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Notes that a provider or model came in. */
  note(id: string, entity: ImportEntity, legacyId: string, name: string): Promise<void>;
  /** Keys that came in, as they are now. */
  keys(id: string, legacyIds: readonly string[]): Promise<readonly ImportedKeyState[]>;
}
