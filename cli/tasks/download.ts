import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extensionOf } from '../../domain/file-name';
import { CliFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { connectionFailure } from '../http/connection-failure';
import type { OutputObject, TaskObject } from './task-object';

const TRIES = 3;

export interface DownloadOptions {
  readonly client: ApiClient;
  /** Each task gets a folder of its own in it. */
  readonly folder: string;
  /** Replace files of the same name. Otherwise they stay and the new file gets a number. */
  readonly isOverwriting: boolean;
  readonly signal: AbortSignal;
}

/** Saves the outputs as `<folder>/<task>/N.ext`. @returns their paths, in order @throws CliFailure that names the file */
export async function downloadOutputs(task: TaskObject, options: DownloadOptions): Promise<readonly string[]> {
  if (task.outputs.length === 0) return [];
  const folder = join(options.folder, task.id);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(folder, error);
  });
  const paths: string[] = [];
  for (const [index, output] of task.outputs.entries()) {
    const part = join(folder, `.${index}-${randomBytes(4).toString('hex')}.part`);
    try {
      await fetchChecked(`/v1/tasks/${task.id}/outputs/${index}/content`, output, part, options);
      paths.push(await place(part, join(folder, String(index)), output, options.isOverwriting));
    } finally {
      await rm(part, { force: true });
    }
  }
  return paths;
}

/** Writes what is at an API path to a file and compares the checksum. @throws CliFailure */
export async function fetchChecked(
  path: string,
  output: OutputObject,
  file: string,
  { client, signal }: Pick<DownloadOptions, 'client' | 'signal'>,
): Promise<void> {
  for (let triesLeft = TRIES - 1; ; triesLeft -= 1) {
    const response = await client.open({ path, signal });
    try {
      const hash = createHash('sha256');
      const meter = new Transform({
        transform(chunk: Uint8Array, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), meter, createWriteStream(file), { signal });
      if (hash.digest('hex') === output.sha256) return;
      if (triesLeft === 0) {
        throw new CliFailure(`${response.url} arrived damaged: its checksum is not the one of the task.`, {
          code: 'damaged',
          advice: ['Run the command again; if it keeps happening, a proxy in between changes files.'],
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CliFailure) throw error;
      if ((error as NodeJS.ErrnoException).syscall === 'write' || (error as NodeJS.ErrnoException).syscall === 'open') {
        throw fileFailure(file, error);
      }
      if (triesLeft === 0) throw connectionFailure(error, response.url);
    }
  }
}

/** Gives the file its name; one that is taken by the same bytes is left as it is. */
async function place(part: string, stem: string, output: OutputObject, isOverwriting: boolean): Promise<string> {
  const extension = extensionOf(output.content_type);
  for (let copy = 1; ; copy += 1) {
    const path = `${stem}${copy === 1 ? '' : `-${copy}`}.${extension}`;
    if (isOverwriting) {
      await rename(part, path);
      return shown(path);
    }
    try {
      await copyFile(part, path, constants.COPYFILE_EXCL);
      return shown(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailure(path, error);
      if ((await checksumOf(path)) === output.sha256) return shown(path);
    }
  }
}

/** SHA-256 of a file, hex; null when it cannot be read. */
export async function checksumOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch {
    return null;
  }
  return hash.digest('hex');
}

export function fileFailure(path: string, error: unknown): CliFailure {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new CliFailure(
    `${path} cannot be written (${code}).`,
    { code: 'file', advice: ['Choose a folder you can write to with --download DIR or --out DIR.'] },
    error,
  );
}

/** Relative to where the person is, when that is shorter. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
