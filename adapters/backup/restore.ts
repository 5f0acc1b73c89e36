import { rowsOf, type BackupManifest } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import type { RestoreOptions, RestoreReport } from '../../domain/backup/reports';
import { isAppError } from '../../domain/errors';
import { BackupFailure } from '../../domain/backup/failure';
import { mib } from '../../domain/backup/words';
import { damaged, linesOf, measured, readParts, refuseOther, type Passed } from './parts';
import { readManifest } from './read-manifest';
import { eachObject } from './read-objects';
import type { NewInstallation } from '../../domain/backup/installation';

/** Between two lines of progress. */
const SAY_EVERY_MS = 5_000;
/** Lies in the bucket while objects are being restored: what is there then came from this backup. */
const MARK = 'restore-unfinished';

/** Makes a backup the contents of servers that are empty. Nothing is written before all is found to be as it must. */
export async function restoreBackup(target: NewInstallation, place: BackupPlace, options: RestoreOptions): Promise<RestoreReport> {
  const { say } = options;
  const manifest = await readManifest(place, target.keys);
  await target.rows.check(manifest.migrations);
  await refuseOtherObjects(target, manifest);
  await target.rows.prepare(manifest.migrations);
  await target.objects.put(MARK, Buffer.from(manifest.id), 'text/plain');
  // Before the rows, which name them: an installation is whole or not there.
  await restoreObjects(target, place, manifest, say);
  say(`✓ ${String(manifest.objects.count)} objects, ${mib(manifest.objects.bytes)}`);
  await restoreRows(target, place, manifest);
  say(`✓ ${String(rowsOf(manifest))} rows of ${String(manifest.tables.length)} tables`);
  if (manifest.home !== null) await restoreHome(target, place, manifest.home.path);
  const mayHaveBought = !manifest.was_stopped && !options.boughtNothingSince;
  const taken = await target.rows.finish({ mayHaveBought });
  await target.objects.delete(MARK);
  return {
    id: manifest.id,
    snapshot_at: manifest.snapshot_at,
    rows: rowsOf(manifest),
    objects: manifest.objects.count,
    object_bytes: manifest.objects.bytes,
    may_have_bought_since: mayHaveBought,
    taken_up: taken,
  };
}

/** A restore that was cut short may be repeated; anything else in the bucket is somebody's. */
async function refuseOtherObjects({ objects }: NewInstallation, manifest: BackupManifest): Promise<void> {
  const [first] = await objects.list('', { after: '', limit: 1 });
  if (first === undefined) return;
  const marked = await objects.read(MARK).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'not_found') return null;
    throw error;
  });
  if (marked !== null && Buffer.from(marked).toString('utf8') === manifest.id) return;
  throw new BackupFailure(`The bucket is not empty: it has ${first.key}. A backup is restored into an empty bucket only.`, 'not_empty', [
    'Make a new bucket and name it by S3_BUCKET, or take a new ATELIER_HOME.',
  ]);
}

async function restoreObjects(
  { objects }: NewInstallation,
  place: BackupPlace,
  manifest: BackupManifest,
  say: RestoreOptions['say'],
): Promise<void> {
  const done = { count: 0, bytes: 0, saidMs: Date.now() };
  await eachObject(place, manifest, async (object) => {
    const passed: Passed = { bytes: 0, sha256: '' };
    await objects.putStream(object.key, measured(await place.read(object.path), passed), object.content_type);
    refuseOther(place, object, passed);
    done.count += 1;
    done.bytes += object.bytes;
    if (Date.now() - done.saidMs < SAY_EVERY_MS) return;
    done.saidMs = Date.now();
    say(`  ${String(done.count)} of ${String(manifest.objects.count)} objects, ${mib(done.bytes)}`);
  });
}

async function restoreRows({ rows }: NewInstallation, place: BackupPlace, manifest: BackupManifest): Promise<void> {
  await rows.load(manifest.tables, manifest.sequences, async (fill, order) => {
    for (const { name } of order) {
      const table = manifest.tables.find((one) => one.name === name);
      if (table === undefined) continue;
      const filled = await fill(table, readParts(place, table.parts));
      if (filled !== table.rows) throw damaged(place, name, `has ${String(filled)} rows instead of ${String(table.rows)}`);
    }
  });
  const books = await rows.books();
  const differs = (['accounts', 'entries', 'granted', 'held', 'spent'] as const).filter((sum) => books[sum] !== manifest.books[sum]);
  if (differs.length > 0) throw damaged(place, 'the ledger', `adds up to other sums than when it was written (${differs.join(', ')})`);
}

async function restoreHome(target: NewInstallation, place: BackupPlace, path: string): Promise<void> {
  for await (const line of linesOf(await place.read(path))) target.keepHome(target.keys.open(line));
}
