import { BACKUP_FORMAT, MANIFEST_PATH, signedText, type BackupManifest } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import { isAppError } from '../../domain/errors';
import { BackupFailure } from '../../domain/backup/failure';
import { damaged } from './parts';
import type { BackupKeys } from '../../domain/backup/installation';

/** @throws BackupFailure `no_backup` where there is none, `backup_damaged` for a manifest that is not whole or was changed, `wrong_master_key` */
export async function readManifest(place: BackupPlace, keys: BackupKeys | null): Promise<BackupManifest> {
  const manifest = parsed(await readText(place));
  if (manifest === null) throw damaged(place, MANIFEST_PATH, 'is not JSON');
  if (manifest['format'] !== BACKUP_FORMAT) {
    throw new BackupFailure(
      `The backup in ${place.title} has format ${String(manifest['format'])}; this version reads ${String(BACKUP_FORMAT)}.`,
      'unknown_format',
      ['Restore it with the version that made it, or a later one.'],
    );
  }
  // Its signature says that it is what `atelier backup create` wrote.
  const read = manifest as unknown as BackupManifest;
  if (keys === null) return read;
  const lacking = [read.master_key, ...read.sealed_with].find((id) => !keys.ids.includes(id));
  if (lacking !== undefined) {
    throw new BackupFailure(
      `The backup was made with another master key: it needs the key with the fingerprint ${lacking}, and ${keys.ids.join(' and ')} is given. Nothing was written.`,
      'wrong_master_key',
      [
        'Set ATELIER_MASTER_KEY (or master.key in ATELIER_HOME) to the key of the installation that was backed up.',
        ...(read.sealed_with.length > 1 ? ['Its key was being rotated: set ATELIER_MASTER_KEY_PREVIOUS to the other one.'] : []),
      ],
    );
  }
  if (!keys.verify(signedText(read), read.signature)) throw damaged(place, MANIFEST_PATH, 'was changed after it was signed');
  return read;
}

/** A JSON object; null: it is none. */
function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function readText(place: BackupPlace): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of await place.read(MANIFEST_PATH)) chunks.push(chunk);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    throw new BackupFailure(`There is no backup in ${place.title}: it has no ${MANIFEST_PATH}.`, 'no_backup', [
      'The manifest is written last: a backup that was cut short has none and cannot be used.',
    ]);
  }
  return Buffer.concat(chunks).toString('utf8');
}
