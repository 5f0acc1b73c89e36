import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEPT_MS = 24 * 3_600_000;

/** First frames between submit and render, shared by the processes of one machine. Losing one costs sharpness, nothing else. */
export interface FrameStore {
  /** Resolves also when the frame could not be kept. */
  keep(name: string, bytes: Uint8Array): Promise<void>;
  find(name: string): Promise<Buffer | null>;
}

/** Keeps frames for a day in the temporary folder of the system, readable by this user only. */
export function createFrameStore(): FrameStore {
  const folder = join(tmpdir(), `atelier-sandbox-${process.getuid?.() ?? 'user'}`);
  return {
    async keep(name, bytes) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await forgetOld(folder);
        const draft = join(folder, `${randomUUID()}.part`);
        await writeFile(draft, bytes, { mode: 0o600 });
        await rename(draft, join(folder, name));
      } catch {
        // A full or read-only disk: the job's own preview is used instead.
      }
    },
    find: (name) => readFile(join(folder, name)).catch(() => null),
  };
}

async function forgetOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { force: true });
  }
}
