import type { SecretBox, TextSigner } from '../../domain/access/secrets';
import type { BackupPlace, BackupSource, RestoreTarget } from '../../domain/backup/ports';
import type { SecretRows } from '../../domain/backup/secrets';
import type { ObjectStore } from '../../domain/storage';

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

/** How the commands reach what they work on; wired in main.ts. */
export interface BackupTools {
  /** @param name - a folder, or `s3://bucket/prefix`. @throws CliFailure for any other URL, and where its settings are missing */
  readonly place: (name: string) => BackupPlace;
  /** For what needs no installation. Null: no master key is given. @throws CliFailure */
  readonly keys: () => BackupKeys | null;
  readonly source: (say: (line: string) => void) => Promise<SourceInstallation>;
  readonly target: (say: (line: string) => void) => Promise<NewInstallation>;
}
