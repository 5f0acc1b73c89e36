import type { BackupFault, BackupResult } from './backup';
import type { BookSums, SequenceState, TableShape } from './manifest';
import type { BackupProgress } from './progress';

/** Where a backup lies: a folder, or a prefix in a bucket. Paths are as in the manifest. */
export interface BackupPlace {
  /** For people; without secrets. */
  readonly title: string;
  /** Resolves when the bytes are kept. Repeating overwrites. @throws what `body` throws, with nothing left under that path */
  write(path: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws AppError `not_found` */
  read(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Nothing lies there. */
  isEmpty(): Promise<boolean>;
  close(): void;
}

/** The rows of an installation at one moment. */
export interface RowSnapshot {
  readonly at: Date;
  readonly postgres: string;
  readonly migrations: readonly string[];
  /** No process of the installation lives. */
  readonly isStopped: boolean;
  readonly tables: readonly TableShape[];
  readonly sequences: readonly SequenceState[];
  readonly books: BookSums;
  /** The rows of one table in Postgres' COPY text format; a line each. One table at a time. */
  copy(table: TableShape): AsyncIterable<Uint8Array>;
  /** Keys of the objects that rows name, some perhaps twice. */
  objectKeys(): AsyncIterable<readonly string[]>;
  /** Gives the moment up: Postgres may clean up what came after it. */
  end(): Promise<void>;
}

/**
 * The row of a backup that is being made. While it stands so, objects of the running installation are not removed; those that were given up meanwhile
 * are removed by the housekeeping when it has ended.
 */
export interface BackupHold {
  tell(progress: BackupProgress): Promise<void>;
  succeed(result: BackupResult): Promise<void>;
  fail(fault: BackupFault): Promise<void>;
}

/** The installation that is backed up, by its database. */
export interface BackupSource {
  /** From its return on, nothing is removed; it lapses by itself some minutes after the caller has died. */
  hold(backupId: string, about: { readonly place: string; readonly version: string }): Promise<BackupHold>;
  /** @throws AppError `conflict` when the database is newer than this code, or holds no installation */
  snapshot(): Promise<RowSnapshot>;
}

/** What restored tasks are to be told of the time after the backup. */
export interface RestoreGap {
  /** The installation may have bought something after its rows were read. */
  readonly mayHaveBought: boolean;
}

/** An empty database that becomes an installation. */
export interface RestoreTarget {
  /** Changes nothing. @throws AppError `conflict` unless the database is empty and this code knows the migrations */
  check(migrations: readonly string[]): Promise<void>;
  /** Makes the schema as it was at these migrations. */
  prepare(migrations: readonly string[]): Promise<void>;
  /** Fills all tables, or none of them: what `fill` throws undoes everything. */
  load(tables: readonly TableShape[], sequences: readonly SequenceState[], fill: FillTables): Promise<void>;
  /** Brings the schema up to date and says to the rows that they were restored. Answers how many runs are taken up. */
  finish(gap: RestoreGap): Promise<RestoredRuns>;
  books(): Promise<BookSums>;
}

/** Fills one table after the other with what `rowsOf` gives; answers how many rows Postgres counted. */
export type FillTables = (
  fill: (table: TableShape, rows: AsyncIterable<Uint8Array>) => Promise<number>,
  order: readonly TableShape[],
) => Promise<void>;

/** What goes on in a restored installation. */
export interface RestoredRuns {
  /** Images and videos that had not ended. */
  readonly media: number;
  /** Texts that had not ended. */
  readonly texts: number;
  /** Campaigns and batches that run. */
  readonly campaigns: number;
  readonly callbacks: number;
  readonly schedules: number;
}
