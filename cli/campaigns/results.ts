import { inParallel } from '../../lib/parallel';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { extensionOf, fileName } from '../../domain/file-name';
import { toFailure, type CliFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { checksumOf, fetchChecked, fileFailure } from '../tasks/download';
import type { OutputObject, TaskObject } from '../tasks/task-object';
import { campaignPath, type ItemObject } from './campaign-object';
import { manifestCsv, manifestJsonl, type ManifestRow, type SavedFile } from './manifest';
import { pagesOf } from '../pages';

export interface ResultsOptions {
  readonly client: ApiClient;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Files fetched at once. */
  readonly parallel: number;
  /** Called after each file. */
  readonly onFile: (tally: Tally) => void;
}

/** Files so far. */
export interface Tally {
  saved: number;
  /** They were there already, complete. */
  kept: number;
  failed: number;
}

export interface Results {
  readonly rows: readonly ManifestRow[];
  readonly tally: Readonly<Tally>;
  /** Why a file is missing; the others are there. */
  readonly failures: readonly CliFailure[];
}

/**
 * Saves what a campaign has made so far: `files/<position>-<key>.<ext>`, `manifest.jsonl` and `manifest.csv`. Files that are there and
 * whole are left alone, so that it can be run again and again.
 */
export async function saveResults(id: string, options: ResultsOptions): Promise<Results> {
  const { client, folder, signal, parallel, onFile } = options;
  await mkdir(join(folder, 'files'), { recursive: true }).catch((error: unknown) => {
    throw fileFailure(folder, error);
  });
  const rows: ManifestRow[] = [];
  const tally: Tally = { saved: 0, kept: 0, failed: 0 };
  const failures: CliFailure[] = [];
  const list = { path: campaignPath(id, '/items'), query: {}, cursorOf: (item: ItemObject) => item.key, signal };
  for await (const page of pagesOf<ItemObject>(client, list, Number.MAX_SAFE_INTEGER)) {
    const work = page.data.flatMap((item) => wantedOf(item));
    const saved = await inParallel(work, parallel, async (wanted) => {
      try {
        const file = await save(wanted, options, tally);
        onFile(tally);
        return file;
      } catch (error) {
        signal.throwIfAborted();
        tally.failed += 1;
        failures.push(toFailure(error));
        onFile(tally);
        return null;
      }
    });
    for (const { index, key, status, task_id, error, missing_outputs } of page.data) {
      const files = saved.filter((_file, place) => work[place]?.item.index === index).filter((file) => file !== null);
      rows.push({ index, key, status, task_id, error, missing_outputs, files });
    }
  }
  await writeWhole(join(folder, 'manifest.jsonl'), manifestJsonl(rows));
  await writeWhole(join(folder, 'manifest.csv'), manifestCsv(rows));
  return { rows, tally, failures };
}

/** A file to save: the n-th output of an item, or its text. */
interface Wanted {
  readonly item: ItemObject;
  readonly taskId: string;
  readonly n: number;
  readonly output: OutputObject | null;
}

function wantedOf(item: ItemObject): readonly Wanted[] {
  if (item.status !== 'succeeded' || item.task_id === null) return [];
  const taskId = item.task_id;
  if (item.outputs.length === 0) return [{ item, taskId, n: 0, output: null }];
  return item.outputs.map((output, n) => ({ item, taskId, n, output }));
}

async function save(wanted: Wanted, { client, folder, signal }: ResultsOptions, tally: Tally): Promise<SavedFile | null> {
  const { output, taskId, n } = wanted;
  if (output === null) return saveText(wanted, { client, folder, signal }, tally);
  const path = join('files', nameOf(wanted, extensionOf(output.content_type)));
  const target = join(folder, path);
  const { content_type, width, height, duration_s, bytes, sha256 } = output;
  const file: SavedFile = { path, content_type, width, height, duration_s, bytes, sha256 };
  if ((await checksumOf(target)) === sha256) {
    tally.kept += 1;
    return file;
  }
  const part = partOf(target);
  try {
    await fetchChecked(`/v1/tasks/${taskId}/outputs/${n}/content`, output, part, { client, signal });
    await rename(part, target).catch((error: unknown) => {
      throw fileFailure(target, error);
    });
  } finally {
    await rm(part, { force: true });
  }
  tally.saved += 1;
  return file;
}

async function saveText(
  wanted: Wanted,
  { client, folder, signal }: Pick<ResultsOptions, 'client' | 'folder' | 'signal'>,
  tally: Tally,
): Promise<SavedFile | null> {
  const task = (await client.call({ path: `/v1/tasks/${wanted.taskId}`, signal })) as TaskObject;
  if (task.text === null) return null;
  const path = join('files', nameOf(wanted, 'txt'));
  const text = Buffer.from(task.text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  if ((await checksumOf(join(folder, path))) === sha256) {
    tally.kept += 1;
  } else {
    await writeWhole(join(folder, path), text);
    tally.saved += 1;
  }
  return { path, content_type: 'text/plain', width: null, height: null, duration_s: null, bytes: text.length, sha256 };
}

/** `0007-sku-7.png`; the position keeps names apart that differ only in characters a file name cannot have, or after the cut. */
function nameOf({ item, n }: Wanted, extension: string): string {
  const position = String(item.index).padStart(4, '0');
  return fileName(`${position}-${item.key}`, `${n === 0 ? '' : `-${n + 1}`}.${extension}`);
}

/** A name beside a file for what is not whole yet; short, as the file's own name may be as long as names can be. */
function partOf(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.part`);
}

/** Never half a file under its own name. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = partOf(path);
  try {
    await writeFile(part, content);
    await rename(part, path);
  } catch (error) {
    throw fileFailure(path, error);
  } finally {
    await rm(part, { force: true });
  }
}
