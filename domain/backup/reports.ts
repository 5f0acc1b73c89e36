import type { RestoredRuns } from './ports';

/** What a look at every byte of a backup found. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly id: string;
  readonly snapshot_at: string;
  readonly version: string;
  /** `not_checked`: no master key was given. */
  readonly signature: 'valid' | 'not_checked';
  readonly tables: number;
  readonly rows: number;
  readonly objects: number;
  readonly bytes: number;
  readonly missing_objects: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** What was restored. */
export interface RestoreReport {
  readonly id: string;
  readonly snapshot_at: string;
  readonly rows: number;
  readonly objects: number;
  readonly object_bytes: number;
  /** The old installation may have bought something after the backup: purchases of what had not ended are looked up first. */
  readonly may_have_bought_since: boolean;
  readonly taken_up: RestoredRuns;
}

export interface RestoreOptions {
  /** A line of progress. */
  readonly say: (line: string) => void;
  /** The old installation surely bought nothing after the backup. */
  readonly boughtNothingSince: boolean;
}
