import { BackupFailure } from '../../domain/backup/failure';
import type { BackupKeys } from '../../domain/backup/installation';
import { bytesOf, rowsOf } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import type { VerifyReport } from '../../domain/backup/reports';
import { isAppError } from '../../domain/errors';
import { createBooksCheck } from './books';
import { countLines, measured, readAll, readParts, refuseOther, type Passed } from './parts';
import { readManifest } from './read-manifest';
import { eachObject } from './read-objects';

const MOST_PROBLEMS = 100;

/** Reads all of a backup and proves that it is what was written, and that its books add up. */
export async function verifyBackup(place: BackupPlace, keys: BackupKeys | null, signal?: AbortSignal): Promise<VerifyReport> {
  const manifest = await readManifest(place, keys);
  const problems: string[] = [];
  const note = async (work: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof BackupFailure) && !(isAppError(error) && error.code === 'not_found')) throw error;
      problems.push(error.message);
    }
  };
  const books = createBooksCheck();
  let isReadable = true;
  for (const table of manifest.tables) {
    const before = problems.length;
    await note(async () => {
      const counted = { rows: 0 };
      await readAll(countLines(books.watch(table, readParts(place, table.parts)), counted));
      if (counted.rows !== table.rows)
        problems.push(`${table.name} has ${String(counted.rows)} rows; the manifest says ${String(table.rows)}.`);
    });
    isReadable &&= problems.length === before;
  }
  if (isReadable) problems.push(...books.problems(manifest.books));
  for (const part of [manifest.references, ...(manifest.home === null ? [] : [manifest.home])]) {
    await note(async () => refuseOther(place, part, await readThrough(place, part.path)));
  }
  const seen = { objects: 0, bytes: 0 };
  await note(() =>
    eachObject(place, manifest, async (object) => {
      await note(async () => refuseOther(place, object, await readThrough(place, object.path)));
      seen.objects += 1;
      seen.bytes += object.bytes;
    }),
  );
  if (seen.objects !== manifest.objects.count) {
    problems.push(`${String(seen.objects)} objects are listed; the manifest says ${String(manifest.objects.count)}.`);
  }
  return {
    ok: problems.length === 0,
    id: manifest.id,
    snapshot_at: manifest.snapshot_at,
    version: manifest.version,
    signature: keys === null ? 'not_checked' : 'valid',
    tables: manifest.tables.length,
    rows: rowsOf(manifest),
    objects: seen.objects,
    bytes: bytesOf(manifest),
    missing_objects: manifest.objects.missing,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

async function readThrough(place: BackupPlace, path: string): Promise<Passed> {
  const passed: Passed = { bytes: 0, sha256: '' };
  await readAll(measured(await place.read(path), passed));
  return passed;
}
