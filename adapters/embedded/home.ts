import { chmodSync, existsSync, mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartFailure, messageOf } from './failure';

/** Where the parts of one installation keep what they write. */
export interface Home {
  readonly root: string;
  readonly postgres: string;
  readonly objects: string;
  readonly temporal: string;
  readonly cache: string;
  readonly logs: string;
  /** Process files and the list of listening ports; holds nothing worth keeping. */
  readonly run: string;
}

/** The layout under a root; touches nothing. */
export function homeAt(root: string): Home {
  const at = resolve(root);
  return {
    root: at,
    postgres: join(at, 'postgres'),
    objects: join(at, 'objects'),
    temporal: join(at, 'temporal'),
    cache: join(at, 'cache'),
    logs: join(at, 'logs'),
    run: join(at, 'run'),
  };
}

/** Makes the folders. @throws StartFailure when the home cannot be written */
export function ensureHome(root: string): Home {
  const home = homeAt(root);
  try {
    mkdirSync(home.root, { recursive: true, mode: 0o700 });
    for (const folder of [home.objects, home.temporal, home.cache, home.logs, home.run])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    const probe = join(home.run, `writable-${process.pid}`);
    writeFileSync(probe, '');
    unlinkSync(probe);
    chmodSync(home.root, privateMode());
  } catch (error) {
    const said = statSync(home.root, { throwIfNoEntry: false })?.isDirectory() === false ? 'it is not a folder' : messageOf(error);
    throw new StartFailure(`Cannot write to ATELIER_HOME ${home.root} (${said}). Set ATELIER_HOME to a folder you can write to.`, error);
  }
  return home;
}

/** Postgres refuses to run as root, so root's home lets its other user pass through (but not look around). */
function privateMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700;
}

/** The note in a home that its Postgres has data. */
export function initialisedNote(home: Home): string {
  return join(home.postgres, 'initialised');
}

/** Whether the embedded Postgres has made its data, with a password that cannot be told from them. */
export function isInitialised(home: Home): boolean {
  return existsSync(initialisedNote(home));
}
