import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../failure';
import type { Home } from '../home';
import { readJson } from '../json-file';
import { type ProcessRecord, forgetPid, isSameProcess, notePid } from '../process/pid-files';
import { birthOf } from '../process/identify';

const NAME = 'supervisor';

/**
 * Takes the home for this process; of several that try at once one gets it. Lock files have rising numbers and the highest one counts: a
 * dead holder's is not taken away but outnumbered, and a number can be taken once, so that two can never both take over. The highest
 * is left behind at the end, for numbers must not begin anew while somebody still looks at an old one.
 *
 * @returns the function that gives the home back
 * @throws StartFailure when another start of the same home runs
 */
export function takeHome(home: Home): () => void {
  for (;;) {
    const last = highest(home);
    if (last > 0) refuseLiving(readJson(lockFile(home, last)) as ProcessRecord | undefined, home);
    if (!create(home, last + 1)) continue;
    if (highest(home) === last + 1) return hold(home, last + 1);
    // Others took later numbers, and had cleared this one away, since we looked.
    rmSync(lockFile(home, last + 1), { force: true });
  }
}

function hold(home: Home, number: number): () => void {
  for (const earlier of numbers(home)) if (earlier < number) rmSync(lockFile(home, earlier), { force: true });
  notePid(home.run, record());
  return () => {
    writeFileSync(lockFile(home, number), '');
    forgetPid(home.run, NAME);
  };
}

/** The file appears with its content or not at all. */
function create(home: Home, number: number): boolean {
  const draft = join(home.run, `lock.${process.pid}.new`);
  writeFileSync(draft, JSON.stringify({ ...record(), birth: birthOf(process.pid) }), { mode: 0o600 });
  try {
    linkSync(draft, lockFile(home, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function record(): Omit<ProcessRecord, 'birth'> {
  return { name: NAME, pid: process.pid, word: 'atelier', signal: 'SIGTERM' };
}

function lockFile(home: Home, number: number): string {
  return join(home.run, `lock-${number}`);
}

function numbers(home: Home): readonly number[] {
  return readdirSync(home.run).flatMap((name) => {
    const number = /^lock-(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function highest(home: Home): number {
  return Math.max(0, ...numbers(home));
}

function refuseLiving(holder: ProcessRecord | undefined, home: Home): void {
  if (holder === undefined || !isSameProcess(holder)) return;
  throw new StartFailure(
    `Atelier already runs on ${home.root} (process ${holder.pid}). Stop that one, or give this one another ATELIER_HOME and PORT.`,
  );
}
