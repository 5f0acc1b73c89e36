import type { BackupMaker } from '../../domain/backup/backup';
import type { SourceInstallation } from '../../domain/backup/installation';
import type { BackupPlace } from '../../domain/backup/ports';
import { createBackup } from './create';
import { verifyBackup } from './verify';

/** The installation that a worker belongs to, and how the places of its backups are reached. */
export interface OwnInstallation extends Omit<SourceInstallation, 'close' | 'home'> {
  readonly version: string;
  /** As it is now: it may be written after the worker has started. */
  readonly home: () => string | null;
  /** @throws AppError `invalid_value` */
  readonly placeOf: (name: string) => BackupPlace;
}

/** Makes backups of the installation that it runs in. */
export function createBackupMaker({ version, home, placeOf, ...installation }: OwnInstallation): BackupMaker {
  const at = async <T>(name: string, work: (place: BackupPlace) => Promise<T>): Promise<T> => {
    const place = placeOf(name);
    try {
      return await work(place);
    } finally {
      place.close();
    }
  };
  return {
    async create({ id, place: name }, signal) {
      const source: SourceInstallation = { ...installation, home: home(), close: () => Promise.resolve() };
      await at(name, (place) => createBackup(source, place, { id, version, tell: () => undefined, now: () => new Date(), signal }));
    },
    verify: (name, signal) => at(name, async (place) => (await verifyBackup(place, installation.keys, signal)).problems),
  };
}
