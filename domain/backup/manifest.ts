/** The layout that this version writes. */
export const BACKUP_FORMAT = 1;

/** Where the manifest lies: written last, so that a folder without it is no backup. */
export const MANIFEST_PATH = 'manifest.json';

/** One file of a backup. */
export interface BackupPart {
  /** Below the backup's place: `rows/tasks_first.0001.gz`. */
  readonly path: string;
  /** As it lies there. */
  readonly bytes: number;
  /** Of these bytes, hex. */
  readonly sha256: string;
}

/** How a table is made and filled again. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Of a partition: its table, and the bound as Postgres words it (`FOR VALUES FROM ('…') TO ('…')`, `DEFAULT`). */
  readonly partition: { readonly of: string; readonly bound: string } | null;
}

/** The rows of a table: Postgres' COPY text format, gzipped, in parts that are read one after the other. */
export interface BackupTable extends TableShape {
  readonly rows: number;
  readonly parts: readonly BackupPart[];
}

/** Where a sequence stood. Numbers are text: they may exceed what a JSON number holds. */
export interface SequenceState {
  readonly name: string;
  readonly value: string;
  readonly isCalled: boolean;
}

/** What the books add up to, in micro-USD as decimal text. */
export interface BookSums {
  readonly accounts: number;
  readonly entries: number;
  /** Sums over all accounts; those over the ledger must equal them, each movement counted once for every account it names. */
  readonly granted: string;
  readonly held: string;
  readonly spent: string;
}

/** An object as it was copied: one line of JSON in the lists of objects. */
export interface BackupObject {
  readonly key: string;
  /** Where its bytes lie in the backup. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly content_type: string;
}

/** What a backup is. Times are ISO 8601. */
export interface BackupManifest {
  readonly format: number;
  readonly id: string;
  /** The moment that the rows show. */
  readonly snapshot_at: string;
  readonly finished_at: string;
  readonly version: string;
  /** The server that the rows come from. */
  readonly postgres: string;
  readonly migrations: readonly string[];
  /** Of the master key, which is not in the backup: it signs the manifest. */
  readonly master_key: string;
  /** Of the master keys that secrets in the rows are encrypted with: more than one while the key is rotated. */
  readonly sealed_with: readonly string[];
  /** No process of the installation lived when the rows were read: it bought nothing after them, unless it was started again. */
  readonly was_stopped: boolean;
  readonly tables: readonly BackupTable[];
  readonly sequences: readonly SequenceState[];
  readonly books: BookSums;
  /** Keys of the objects that the rows name, one a line, gzipped. */
  readonly references: BackupPart;
  readonly objects: {
    readonly count: number;
    readonly bytes: number;
    /** Lists of `BackupObject`, gzipped JSON lines. */
    readonly lists: readonly BackupPart[];
    /** Objects that the rows name and the bucket did not have; the first hundred by name. */
    readonly missing: number;
    readonly missing_keys: readonly string[];
  };
  /** The sample installation's own keys (`credentials.json` of its home), encrypted with the master key; null: it has none. */
  readonly home: BackupPart | null;
  /** HMAC-SHA256 of all the above under a key derived from the master key. */
  readonly signature: string;
}

export type UnsignedManifest = Omit<BackupManifest, 'signature'>;

/** The text that is signed: the manifest as it was written, without its signature. */
export function signedText(manifest: UnsignedManifest | BackupManifest): string {
  return JSON.stringify({ ...manifest, signature: undefined });
}

/** Tables whose rows speak of processes, sessions and moments that a restored installation does not share. */
export const TABLES_LEFT_OUT: readonly string[] = [
  'backups',
  'instances',
  'oidc_states',
  'provider_leases',
  'provider_starts',
  'provider_turns',
  'sessions',
];

/** Every file of a backup but the objects themselves. */
export function partsOf(manifest: BackupManifest): readonly BackupPart[] {
  return [
    ...manifest.tables.flatMap((table) => table.parts),
    manifest.references,
    ...manifest.objects.lists,
    ...(manifest.home === null ? [] : [manifest.home]),
  ];
}

const TAME = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.=-]{1,200}(?:\/[\w.=-]{1,200}){0,20}$/;

/** Where an object lies in a backup: under its own key where that can be a file name everywhere, else under the key's hash. */
export function pathOfObject(key: string, hashOf: (text: string) => string): string {
  return TAME.test(key) ? `objects/${key}` : `objects-by-hash/${hashOf(key)}`;
}

/** Rows of all tables. */
export function rowsOf(manifest: BackupManifest): number {
  return manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** Of all files of a backup. */
export function bytesOf(manifest: BackupManifest): number {
  return manifest.objects.bytes + partsOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
}
