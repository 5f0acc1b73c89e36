import { createHash, randomUUID } from 'node:crypto';
import {
  BACKUP_FORMAT,
  MANIFEST_PATH,
  pathOfObject,
  signedText,
  type BackupManifest,
  type BackupObject,
  type BackupPart,
  type BackupTable,
  type UnsignedManifest,
} from '../../domain/backup/manifest';
import type { BackupPlace, RowSnapshot } from '../../domain/backup/ports';
import { isAppError } from '../../domain/errors';
import { createLimit } from '../../lib/parallel';
import { CliFailure } from '../failure';
import { createKeySet, type KeySet } from './key-set';
import { linesAsBytes, linesOf, readParts, writeMeasured, writePart, writeParts } from './parts';
import type { SourceInstallation } from './tools';

export interface CreateOptions {
  readonly version: string;
  /** A line of progress. */
  readonly say: (line: string) => void;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** How many objects are copied at once. */
const WIDTH = 16;
/** Objects of one list. */
const LIST = 20_000;
const PAGE = 1_000;
/** Objects that came so long after the rows were read belong to rows that are not in the backup. Clocks may differ. */
const LATER_MS = 5 * 60_000;
const NAMED_MISSING = 100;
/** Between two lines of progress. */
export const SAY_EVERY_MS = 5_000;

/** Copies an installation while it runs: first all rows of one moment, then the objects they name, which are kept meanwhile. */
export async function createBackup(source: SourceInstallation, place: BackupPlace, options: CreateOptions): Promise<BackupManifest> {
  if (!(await place.isEmpty())) {
    throw new CliFailure(`${place.title} is not empty.`, { code: 'not_empty', advice: ['Name a new folder or prefix for each backup.'] });
  }
  const id = `backup_${randomUUID().replaceAll('-', '')}`;
  const hold = await source.rows.hold(id);
  try {
    const snapshot = await source.rows.snapshot();
    const rows = await copyRows(snapshot, place, options).finally(() => snapshot.end());
    const objects = await copyObjects(source, place, { ...options, since: snapshot.at, references: rows.references });
    // After the rows: a key that came into use since is named too.
    const sealedWith = await keysInUse(source);
    const home = source.home === null ? null : await writeMeasured(place, 'home.sealed', linesAsBytes([source.keys.seal(source.home)]));
    const unsigned: UnsignedManifest = {
      format: BACKUP_FORMAT,
      id,
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
  } finally {
    await hold.release();
  }
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

async function copyRows(snapshot: RowSnapshot, place: BackupPlace, { say, signal }: CreateOptions): Promise<CopiedRows> {
  const tables: BackupTable[] = [];
  for (const table of snapshot.tables) {
    const counted = { rows: 0 };
    const parts = await writeParts(place, `rows/${table.name}`, countLines(watched(snapshot.copy(table), signal), counted));
    tables.push({ ...table, ...counted, parts });
    if (counted.rows >= 100_000) say(`  ${table.name}: ${String(counted.rows)} rows`);
  }
  const references = await writePart(place, 'references.gz', linesAsBytes(flat(snapshot.objectKeys())));
  const total = tables.reduce((sum, { rows }) => sum + rows, 0);
  say(`✓ ${String(total)} rows of ${String(tables.length)} tables, as they were at ${snapshot.at.toISOString()}`);
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

/** In COPY's text format a line end is always the end of a row. */
export async function* countLines(body: AsyncIterable<Uint8Array>, counted: { rows: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) counted.rows += 1;
    yield chunk;
  }
}

interface CopyObjectsOptions extends CreateOptions {
  readonly since: Date;
  readonly references: BackupPart;
}

async function copyObjects(
  source: SourceInstallation,
  place: BackupPlace,
  { say, signal, since, references }: CopyObjectsOptions,
): Promise<BackupManifest['objects']> {
  const named = createKeySet();
  for await (const key of linesOf(readParts(place, [references]))) named.add(key);
  const copied = createKeySet();
  const lists: BackupPart[] = [];
  let lines: string[] = [];
  const total = { count: 0, bytes: 0 };
  let saidMs = Date.now();

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
    if (Date.now() - saidMs < SAY_EVERY_MS) continue;
    saidMs = Date.now();
    say(`  ${String(total.count)} objects, ${mib(total.bytes)}`);
  }
  await writeList();
  const missing = await missingOf(place, references, copied);
  say(`✓ ${String(total.count)} objects, ${mib(total.bytes)}`);
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
        throw new CliFailure(`The object ${key} ended after ${String(part.bytes)} of ${String(found.bytes)} bytes.`, { code: 'failed' });
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

export function mib(bytes: number): string {
  return bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}
