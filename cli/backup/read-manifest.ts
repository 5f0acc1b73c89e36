import { BACKUP_FORMAT, MANIFEST_PATH, signedText, type BackupManifest } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import { isAppError } from '../../domain/errors';
import { CliFailure } from '../failure';
import { asObject, parseJson } from '../json-value';
import { damaged } from './parts';
import type { BackupKeys } from './tools';

/** @throws CliFailure `no_backup` where there is none, `backup_damaged` for a manifest that is not whole or was changed, `wrong_master_key` */
export async function readManifest(place: BackupPlace, keys: BackupKeys | null): Promise<BackupManifest> {
  const manifest = asObject(parseJson(await readText(place)));
  if (manifest === null) throw damaged(place, MANIFEST_PATH, 'is not JSON');
  if (manifest['format'] !== BACKUP_FORMAT) {
    throw new CliFailure(
      `The backup in ${place.title} has format ${String(manifest['format'])}; this version reads ${String(BACKUP_FORMAT)}.`,
      {
        code: 'unknown_format',
        advice: ['Restore it with the version that made it, or a later one.'],
      },
    );
  }
  // Its signature says that it is what `atelier backup create` wrote.
  const read = manifest as unknown as BackupManifest;
  if (keys === null) return read;
  const lacking = [read.master_key, ...read.sealed_with].find((id) => !keys.ids.includes(id));
  if (lacking !== undefined) {
    throw new CliFailure(
      `The backup was made with another master key: it needs the key with the fingerprint ${lacking}, and ${keys.ids.join(' and ')} is given. Nothing was written.`,
      {
        code: 'wrong_master_key',
        advice: [
          'Set ATELIER_MASTER_KEY (or master.key in ATELIER_HOME) to the key of the installation that was backed up.',
          ...(read.sealed_with.length > 1 ? ['Its key was being rotated: set ATELIER_MASTER_KEY_PREVIOUS to the other one.'] : []),
        ],
      },
    );
  }
  if (!keys.verify(signedText(read), read.signature)) throw damaged(place, MANIFEST_PATH, 'was changed after it was signed');
  return read;
}

async function readText(place: BackupPlace): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of await place.read(MANIFEST_PATH)) chunks.push(chunk);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    throw new CliFailure(`There is no backup in ${place.title}: it has no ${MANIFEST_PATH}.`, {
      code: 'no_backup',
      advice: ['The manifest is written last: a backup that was cut short has none and cannot be used.'],
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}
