import type { SecretBox, TextSigner } from '../access/secrets';
import type { BackupSource, RestoreTarget } from './ports';
import type { BackupProgress } from './progress';
import type { SecretRows } from './secrets';
import type { ObjectStore } from '../storage';

/** The master key, as far as backups need it. */
export interface BackupKeys extends TextSigner, SecretBox {
  /** Says which key it is, and nothing about it. */
  readonly id: string;
  /** This one's, and that of the previous key if it is given. */
  readonly ids: readonly string[];
}

type Objects = Pick<ObjectStore, 'get' | 'list' | 'putStream' | 'put' | 'read' | 'delete'>;

/** An installation that is backed up, running or not. */
export interface SourceInstallation {
  readonly rows: BackupSource;
  readonly secretRows: SecretRows;
  readonly objects: Objects;
  readonly keys: BackupKeys;
  /** What `keys.json` of its home holds; null: it has no home. */
  readonly home: string | null;
  close(): Promise<void>;
}

/** Servers that hold nothing yet. */
export interface NewInstallation {
  readonly rows: RestoreTarget;
  readonly objects: Objects;
  readonly keys: BackupKeys;
  keepHome(text: string): void;
  close(): Promise<void>;
}

export interface BackupOptions {
  /** `backup_` and 32 hex digits. */
  readonly id: string;
  readonly version: string;
  /** Told every second or so, and at the end of each step. */
  readonly tell: (progress: BackupProgress) => void;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}
