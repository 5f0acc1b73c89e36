import { createHash } from 'node:crypto';
import type { BackupResult } from '../../domain/backup/backup';
import { BackupFailure } from '../../domain/backup/failure';
import { backupFault } from '../../domain/backup/fault';
import type { BackupOptions, SourceInstallation } from '../../domain/backup/installation';
import {
  BACKUP_FORMAT,
  bytesOf,
  MANIFEST_PATH,
  partsOf,
  pathOfObject,
  rowsOf,
  signedText,
  type BackupManifest,
  type BackupObject,
  type BackupPart,
  type BackupTable,
  type UnsignedManifest,
} from '../../domain/backup/manifest';
import type { BackupHold, BackupPlace, RowSnapshot } from '../../domain/backup/ports';
import { isAppError } from '../../domain/errors';
import { createLimit } from '../../lib/parallel';
import { createKeySet, type KeySet } from './key-set';
import { countLines, linesAsBytes, linesOf, readParts, writeMeasured, writePart, writeParts } from './parts';

/** Told every so often while objects are copied. */
const TELL_EVERY_MS = 1_000;
/** How many objects are copied at once. */
const WIDTH = 16;
/** Objects of one list. */
const LIST = 20_000;
const PAGE = 1_000;
/** Objects that came so long after the rows were read belong to rows that are not in the backup. Clocks may differ. */
const LATER_MS = 5 * 60_000;
const NAMED_MISSING = 100;

/** Copies an installation while it runs: first all rows of one moment, then the objects they name, which are kept meanwhile. */
export async function createBackup(source: SourceInstallation, place: BackupPlace, options: BackupOptions): Promise<BackupManifest> {
  if (!(await place.isEmpty())) {
    throw new BackupFailure(`${place.title} is not empty.`, 'not_empty', ['Name a new folder or prefix for each backup.']);
  }
  const hold = await source.rows.hold(options.id, { place: place.title, version: options.version });
  const row = followedBy(hold, options.tell);
  try {
    const manifest = await copyAll(source, place, { ...options, tell: row.tell });
    await row.told();
    await hold.succeed(resultOf(manifest));
    return manifest;
  } catch (error) {
    await row.told();
    // Whoever watches the row finds out that nobody puts its end off any more.
    await hold.fail(backupFault(error)).catch(() => undefined);
    throw error;
  }
}

/** Progress goes to the row of the backup too. What it could not be told is made up for by the next. */
function followedBy(hold: BackupHold, tell: BackupOptions['tell']): { readonly tell: BackupOptions['tell']; told(): Promise<void> } {
  let telling = Promise.resolve();
  return {
    tell(progress) {
      tell(progress);
      telling = telling.then(() => hold.tell(progress).catch(() => undefined));
    },
    told: () => telling,
  };
}

function resultOf(manifest: BackupManifest): BackupResult {
  return {
    snapshotAt: manifest.snapshot_at,
    masterKey: manifest.master_key,
    tables: manifest.tables.length,
    rows: rowsOf(manifest),
    objects: manifest.objects.count,
    bytes: bytesOf(manifest),
    parts: partsOf(manifest).length,
    missingObjects: manifest.objects.missing,
  };
}

async function copyAll(source: SourceInstallation, place: BackupPlace, options: BackupOptions): Promise<BackupManifest> {
  const snapshot = await source.rows.snapshot();
  const rows = await copyRows(snapshot, place, options).finally(() => snapshot.end());
  const objects = await copyObjects(source, place, { ...options, since: snapshot.at, references: rows.references });
  // After the rows: a key that came into use since is named too.
  const sealedWith = await keysInUse(source);
  const home = source.home === null ? null : await writeMeasured(place, 'home.sealed', linesAsBytes([source.keys.seal(source.home)]));
  const unsigned: UnsignedManifest = {
    format: BACKUP_FORMAT,
    id: options.id,
    snapshot_at: snapshot.at.toISOString(),
    finished_at: options.now().toISOString(),
    version: options.version,
    postgres: snapshot.postgres,
    migrations: snapshot.migrations,
    master_key: source.keys.id,
    sealed_with: sealedWith,
    was_stopped: snapshot.isStopped,
    tables: rows.tables,
    sequences: snapshot.sequences,
    books: snapshot.books,
    references: rows.references,
    objects,
    home,
  };
  const manifest: BackupManifest = { ...unsigned, signature: source.keys.sign(signedText(unsigned)) };
  options.signal.throwIfAborted();
  await place.write(MANIFEST_PATH, linesAsBytes([JSON.stringify(manifest, null, 2)]));
  return manifest;
}

async function keysInUse({ secretRows }: SourceInstallation): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const column of await secretRows.columns()) for (const id of (await secretRows.count(column)).keys()) ids.add(id);
  return [...ids].sort();
}

interface CopiedRows {
  readonly tables: readonly BackupTable[];
  readonly references: BackupPart;
}

async function copyRows(snapshot: RowSnapshot, place: BackupPlace, { tell, signal }: BackupOptions): Promise<CopiedRows> {
  const tables: BackupTable[] = [];
  const total = { rows: 0, toldMs: 0 };
  for (const table of snapshot.tables) {
    const counted = { rows: 0 };
    const parts = await writeParts(place, `rows/${table.name}`, countLines(watched(snapshot.copy(table), signal), counted));
    tables.push({ ...table, ...counted, parts });
    total.rows += counted.rows;
    if (Date.now() - total.toldMs < TELL_EVERY_MS && tables.length < snapshot.tables.length) continue;
    total.toldMs = Date.now();
    tell({ step: 'rows', tables: tables.length, ofTables: snapshot.tables.length, rows: total.rows });
  }
  const references = await writePart(place, 'references.gz', linesAsBytes(flat(snapshot.objectKeys())));
  return { tables, references };
}

async function* flat(pages: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const page of pages) yield* page;
}

async function* watched(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    signal.throwIfAborted();
    yield chunk;
  }
}

interface CopyObjectsOptions extends BackupOptions {
  readonly since: Date;
  readonly references: BackupPart;
}

async function copyObjects(
  source: SourceInstallation,
  place: BackupPlace,
  { tell, signal, since, references }: CopyObjectsOptions,
): Promise<BackupManifest['objects']> {
  const named = createKeySet();
  for await (const key of linesOf(readParts(place, [references]))) named.add(key);
  const copied = createKeySet();
  const lists: BackupPart[] = [];
  let lines: string[] = [];
  const total = { count: 0, bytes: 0 };
  let toldMs = Date.now();

  const writeList = async (): Promise<void> => {
    if (lines.length === 0) return;
    const list = lines;
    lines = [];
    lists.push(await writePart(place, `objects.${String(lists.length + 1).padStart(4, '0')}.gz`, linesAsBytes(list)));
  };
  const limit = createLimit(WIDTH);
  const copyOne = async (key: string): Promise<void> => {
    signal.throwIfAborted();
    const object = await copyObject(source, place, key);
    if (object === null) return;
    copied.add(key);
    lines.push(JSON.stringify(object));
    total.count += 1;
    total.bytes += object.bytes;
  };
  for await (const page of listed(source, since, named)) {
    await Promise.all(page.map((key) => limit(() => copyOne(key))));
    if (lines.length >= LIST) await writeList();
    if (Date.now() - toldMs < TELL_EVERY_MS) continue;
    toldMs = Date.now();
    tell({ step: 'objects', objects: total.count, bytes: total.bytes });
  }
  await writeList();
  const missing = await missingOf(place, references, copied);
  tell({ step: 'objects', objects: total.count, bytes: total.bytes });
  return { ...total, lists, missing: missing.count, missing_keys: missing.keys };
}

/** All objects but those that came after the rows. */
async function* listed({ objects }: SourceInstallation, since: Date, named: KeySet): AsyncGenerator<readonly string[]> {
  for (let after = ''; ;) {
    const page = await objects.list('', { after, limit: PAGE });
    yield page.filter(({ key, modifiedAt }) => modifiedAt.getTime() < since.getTime() + LATER_MS || named.has(key)).map(({ key }) => key);
    if (page.length < PAGE) return;
    after = page.at(-1)?.key ?? '';
  }
}

const TRIES = 3;

/** Null: it is gone. */
async function copyObject({ objects }: SourceInstallation, place: BackupPlace, key: string): Promise<BackupObject | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await objects.get(key);
      const path = pathOfObject(key, (text) => createHash('sha256').update(text).digest('hex'));
      const part = await writeMeasured(place, path, found.body);
      if (part.bytes === found.bytes) return { key, ...part, content_type: found.contentType };
      if (attempt >= TRIES)
        throw new BackupFailure(`The object ${key} ended after ${String(part.bytes)} of ${String(found.bytes)} bytes.`, 'failed');
    } catch (error) {
      if (isAppError(error) && error.code === 'not_found') return null;
      if (attempt >= TRIES) throw error;
    }
  }
}

async function missingOf(place: BackupPlace, references: BackupPart, copied: KeySet): Promise<{ count: number; keys: readonly string[] }> {
  const keys: string[] = [];
  let count = 0;
  for await (const key of linesOf(readParts(place, [references]))) {
    if (copied.has(key)) continue;
    count += 1;
    if (keys.length < NAMED_MISSING) keys.push(key);
  }
  return { count, keys };
}
