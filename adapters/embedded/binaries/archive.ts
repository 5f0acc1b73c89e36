import { execFile } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { ChecksumMismatch, pinnedSum, verifyProgram } from './verify';
import type { WantedBinary } from './wanted';

const run = promisify(execFile);

/** An address that does not answer soon is not going to help a person who waits. */
const ANSWERS_WITHIN_MS = 5_000;
const FETCH_WITHIN_MS = 300_000;

/**
 * Fetches a program from its maker's release archive into `folder/bin`: the way for a machine without Python. Two processes may fetch
 * at once: the first to finish wins.
 *
 * @throws Error whose message is one short reason
 */
export async function fetchArchive(wanted: WantedBinary, folder: string, stop: AbortSignal): Promise<void> {
  pinnedSum(wanted);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(join(dirname(folder), '.fetching-'));
  const unpacked = join(draft, 'unpacked');
  try {
    await download(wanted.archive(process.platform, process.arch), join(draft, 'archive'), stop);
    mkdirSync(join(unpacked, 'bin'), { recursive: true });
    await run('tar', ['-xf', join(draft, 'archive'), '-C', join(unpacked, 'bin')]);
    await verifyProgram(wanted, unpacked);
    if (!existsSync(folder)) renameSync(unpacked, folder);
  } catch (error) {
    if (error instanceof ChecksumMismatch) throw error;
    if (!existsSync(folder)) throw new Error(`the release at ${wanted.homepage} could not be downloaded`, { cause: error });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function download(url: string, file: string, stop: AbortSignal): Promise<void> {
  const patience = new AbortController();
  const headers = setTimeout(() => patience.abort(), ANSWERS_WITHIN_MS);
  const response = await fetch(url, { signal: AbortSignal.any([stop, patience.signal, AbortSignal.timeout(FETCH_WITHIN_MS)]) }).finally(
    () => clearTimeout(headers),
  );
  if (!response.ok || response.body === null) throw new Error(`${response.status} for ${url}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}
