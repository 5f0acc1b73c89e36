import type { BackupKeys, BackupOptions, NewInstallation, SourceInstallation } from '../../domain/backup/installation';
import type { BackupManifest } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import type { RestoreOptions, RestoreReport, VerifyReport } from '../../domain/backup/reports';

/** How the commands reach what they work on; wired in main.ts. */
export interface BackupTools {
  /** @param name - a folder, or `s3://bucket/prefix`. @throws CliFailure for any other URL, and where its settings are missing */
  readonly place: (name: string) => BackupPlace;
  /** For what needs no installation. Null: no master key is given. @throws CliFailure */
  readonly keys: () => BackupKeys | null;
  readonly source: (say: (line: string) => void) => Promise<SourceInstallation>;
  readonly target: (say: (line: string) => void) => Promise<NewInstallation>;
  readonly create: (source: SourceInstallation, place: BackupPlace, options: BackupOptions) => Promise<BackupManifest>;
  readonly verify: (place: BackupPlace, keys: BackupKeys | null) => Promise<VerifyReport>;
  readonly restore: (target: NewInstallation, place: BackupPlace, options: RestoreOptions) => Promise<RestoreReport>;
}
