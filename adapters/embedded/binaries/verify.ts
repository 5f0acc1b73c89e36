import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WantedBinary } from './wanted';

/** Its file's name on this machine. */
export function fileName({ program }: Pick<WantedBinary, 'program'>): string {
  return process.platform === 'win32' ? `${program}.exe` : program;
}

/** The sum that the program must have on this machine. @throws Error when none is known */
export function pinnedSum({ sha256, version }: WantedBinary): string {
  const machine = `${process.platform}-${process.arch}`;
  const sum = sha256[machine];
  if (sum === undefined) throw new Error(`no checksum of version ${version} is known for ${machine}`);
  return sum;
}

/** @throws Error when the program in `folder/bin` is not the one whose checksum is pinned */
export async function verifyProgram(wanted: WantedBinary, folder: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, 'bin', fileName(wanted))), hash);
  const found = hash.digest('hex');
  if (found === pinnedSum(wanted)) return;
  throw new ChecksumMismatch(
    `${fileName(wanted)} has the checksum ${found} and not ${pinnedSum(wanted)}, which is pinned for version ${wanted.version}; it was not run`,
  );
}

/** What was fetched is something else than what is wanted. */
export class ChecksumMismatch extends Error {}
