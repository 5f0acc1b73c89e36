import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BackupPlace } from '../../../domain/backup/ports';
import { AppError } from '../../../domain/errors';

/** A folder for a backup. A file is there whole or not at all, and is on the disk when its write has resolved. */
export function createBackupFolder(name: string): BackupPlace {
  const root = resolve(name);
  return {
    title: root,
    async write(path, body) {
      const file = join(root, path);
      const draft = `${file}.part`;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const handle = await open(draft, 'w', 0o600);
      try {
        for await (const chunk of body) await handle.writeFile(chunk);
        await handle.sync();
      } catch (error) {
        await handle.close();
        await rm(draft, { force: true });
        throw error;
      }
      await handle.close();
      await rename(draft, file);
    },
    async read(path) {
      const file = join(root, path);
      const found = await stat(file).catch(() => null);
      if (found === null) throw new AppError('not_found', `There is no file ${file}.`);
      return createReadStream(file, { highWaterMark: 256 * 1024 });
    },
    async isEmpty() {
      return (await readdir(root).catch(() => [])).length === 0;
    },
    close: () => undefined,
  };
}
