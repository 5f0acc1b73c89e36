import type { CredentialClass } from '../access/classes';
import type { ManagedBy } from '../access/team';

/** What a kind of records is, how long it is kept where no rule says so, and how narrow a rule may be. */
interface Kind {
  readonly what: string;
  /** null: for good. */
  readonly defaultDays: number | null;
  /** `class`: rules may name a team and a class of keys; `team`: a team; `installation`: neither. */
  readonly narrowest: 'class' | 'team' | 'installation';
}

/** Kinds of records that have a retention. */
export const RETENTION_KINDS = {
  contents: {
    what: 'Inputs and results of tasks and campaigns, files that came in, and files of /v1/files; files follow rules without a class.',
    defaultDays: null,
    narrowest: 'class',
  },
  calls: { what: 'The call log. What was used stays counted.', defaultDays: 90, narrowest: 'class' },
  callbacks: { what: 'Callbacks that were delivered or given up, with their attempts.', defaultDays: null, narrowest: 'team' },
  histories: { what: 'Archived histories of failed runs.', defaultDays: null, narrowest: 'class' },
  incidents: { what: 'Incidents that were resolved, with whom they were told.', defaultDays: null, narrowest: 'team' },
  audit: { what: 'The audit log; its newest entry always stays.', defaultDays: null, narrowest: 'installation' },
  events: { what: 'Completions that subscribers follow.', defaultDays: 2, narrowest: 'installation' },
  sign_ins: { what: 'Sessions and links that are over.', defaultDays: 7, narrowest: 'installation' },
} as const satisfies Readonly<Record<string, Kind>>;
export type RetentionKind = keyof typeof RETENTION_KINDS;
export const RETENTION_KIND_NAMES = Object.keys(RETENTION_KINDS) as [RetentionKind, ...RetentionKind[]];

/** Longest retention that can be asked for, in days: a hundred years. */
export const MOST_RETENTION_DAYS = 36_500;

/** How long records of a kind are kept: of all, of a team, of a class of keys, or of a class of a team's. The narrowest one decides. */
export interface RetentionRule {
  readonly kind: RetentionKind;
  /** Name of a team; null: all of them. */
  readonly team: string | null;
  readonly class: CredentialClass | null;
  /** null: for good. */
  readonly days: number | null;
}

/** What must not be deleted, whatever its retention says. */
export interface LegalHold {
  /** `hold_` and 32 hex digits. */
  readonly id: string;
  readonly on: HoldObject;
  readonly reason: string;
  readonly createdAt: Date;
}

/** All of a team, by its name; a task; or a campaign with its items. */
export interface HoldObject {
  readonly kind: 'team' | 'task' | 'campaign';
  readonly id: string;
}

/** What one turn deleted, or would delete, of a kind and a team. */
export interface Removed {
  readonly kind: RetentionKind;
  /** null: of no team. */
  readonly team: string | null;
  readonly rows: number;
  /** Of texts and files, where they are known. */
  readonly bytes: number;
}

export interface RetentionRun extends Removed {
  readonly startedAt: Date;
  readonly endedAt: Date;
}

export interface RetentionStore {
  rules(): Promise<readonly (RetentionRule & { readonly managedBy: ManagedBy })[]>;
  /**
   * Makes the rules that the API manages equal to these.
   * @throws AppError `not_found` for a team, `managed_by_file` where the configuration file has a rule for the same
   */
  setRules(rules: readonly RetentionRule[], configFile: string | null): Promise<void>;
  /** Those that are not released. */
  holds(): Promise<readonly LegalHold[]>;
  /** @throws AppError `not_found` */
  hold(id: string, on: HoldObject, reason: string): Promise<LegalHold>;
  /** @throws AppError `not_found` */
  release(id: string): Promise<void>;
  /** The newest first. */
  runs(page: { readonly limit: number; readonly before: Date | null }): Promise<readonly RetentionRun[]>;
  /** What the next turns would delete; at most `most` things of a kind and team are counted. @param callDays - of the call log, where no rule says */
  preview(now: Date, callDays: number, most: number): Promise<readonly Removed[]>;
}
