export const BACKUP_STATES = ['queued', 'running', 'succeeded', 'failed'] as const;
export type BackupState = (typeof BACKUP_STATES)[number];

export const VERIFICATION_STATES = ['queued', 'running', 'valid', 'damaged', 'failed'] as const;
export type VerificationState = (typeof VERIFICATION_STATES)[number];

/** Whoever asked for something: as in the audit log (`user:user_…`, `admin_key`), or `cli`, on the servers themselves. */
export interface Asker {
  readonly actor: string;
  /** E-mail of a person; null: no person, or erased. */
  readonly name: string | null;
}

/** What is in a backup: while it is being made, what is in it so far. */
export interface BackupContents {
  /** Tables and partitions, and of how many; null: it is not known yet. */
  readonly tables: number;
  readonly ofTables: number | null;
  readonly rows: number;
  readonly objects: number;
  /** Of all files. While it is made, of the objects alone. */
  readonly bytes: number;
  /** Files beside the objects: parts of rows, lists, the manifest's other files. null: not known yet. */
  readonly parts: number | null;
  /** Objects that rows name and the bucket does not have; null: not known yet. */
  readonly missingObjects: number | null;
}

/** What is wrong. */
export interface BackupFault {
  /** A `BackupFailureCode`, an error code of the API, or `interrupted`: its process ended. */
  readonly code: string;
  readonly message: string;
}

/** A look at every byte of a backup. */
export interface Verification {
  readonly state: VerificationState;
  readonly by: Asker;
  readonly askedAt: Date;
  /** null: it has not ended. */
  readonly endedAt: Date | null;
  /** What is wrong with a damaged one, or why a failed look could not be taken: one sentence each. */
  readonly problems: readonly string[];
}

/** A backup that this installation knows of: those it made, with where they went. The manifest at that place is what counts. */
export interface BackupRecord {
  /** `backup_` and 32 hex digits. */
  readonly id: string;
  readonly state: BackupState;
  /** A folder on a worker's machine, or `s3://bucket/prefix`; null: made before this was kept. */
  readonly place: string | null;
  readonly by: Asker;
  readonly askedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** The moment that the rows show; null: they have not been read. */
  readonly snapshotAt: Date | null;
  readonly version: string | null;
  /** Fingerprint of the master key that a restore needs. */
  readonly masterKey: string | null;
  readonly contents: BackupContents;
  readonly fault: BackupFault | null;
  readonly verification: Verification | null;
}

/** What a backup turned out to be. */
export interface BackupResult {
  readonly snapshotAt: string;
  readonly masterKey: string;
  readonly tables: number;
  readonly rows: number;
  readonly objects: number;
  readonly bytes: number;
  readonly parts: number;
  readonly missingObjects: number;
}

/** The backups of the installation, for who asks for them. */
export interface BackupStore {
  /** The newest first. @param page.after - id of the last one of the page before */
  list(page: {
    readonly limit: number;
    readonly after: string | null;
    readonly state: BackupState | null;
  }): Promise<readonly BackupRecord[]>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<BackupRecord>;
  /** A worker makes it. @throws AppError `conflict` while another one that was asked for has not ended */
  ask(wanted: { readonly id: string; readonly place: string; readonly actor: string }): Promise<BackupRecord>;
  /** A worker looks at it. @throws AppError `not_found`; `conflict` unless the backup succeeded, its place is known and no look is under way */
  askVerification(id: string, actor: string): Promise<BackupRecord>;
}

/** Something that a worker is to do. */
export interface BackupJob {
  readonly kind: 'create' | 'verify';
  readonly id: string;
  readonly place: string;
}

/** The backups of the installation, for the worker that makes them. */
export interface BackupWork {
  /** The oldest job that nobody has begun, now this process's; null: there is none. */
  claim(instanceId: string): Promise<BackupJob | null>;
  /** Ends what no living process is at any more as `interrupted`. */
  endLost(): Promise<void>;
  fail(id: string, fault: BackupFault): Promise<void>;
  endVerification(id: string, state: 'valid' | 'damaged' | 'failed', problems: readonly string[]): Promise<void>;
}

/** Makes backups of the installation that it belongs to, and proves them. */
export interface BackupMaker {
  /** Its row follows it from the beginning to the end. @throws BackupFailure, AppError, or what aborted it */
  create(job: BackupJob, signal: AbortSignal): Promise<void>;
  /** @returns what is wrong with it, one sentence each. @throws BackupFailure where there is none */
  verify(place: string, signal: AbortSignal): Promise<readonly string[]>;
}
