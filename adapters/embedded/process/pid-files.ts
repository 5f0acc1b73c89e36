import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../json-file';
import { birthOf, commandLineOf, isRunning } from './identify';
import { stopProcess } from './stop';

/** What is written about a process of the installation, so that a later start can find and end it. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** See `birthOf`. */
  readonly birth: string | null;
  /** A word its command line holds. */
  readonly word: string;
  /** The signal that asks it to end. */
  readonly signal: NodeJS.Signals;
}

/** Notes a process that was just started. */
export function notePid(folder: string, record: Omit<ProcessRecord, 'birth'>): void {
  writeJson(join(folder, `${record.name}.pid.json`), { ...record, birth: birthOf(record.pid) });
}

/** Forgets a process that has ended. */
export function forgetPid(folder: string, name: string): void {
  rmSync(join(folder, `${name}.pid.json`), { force: true });
}

/** The noted processes that still run and are certainly those that were noted. */
export function survivors(folder: string): readonly ProcessRecord[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.pid.json'))
    .map((file) => readJson(join(folder, file)) as ProcessRecord | undefined)
    .filter((record) => record !== undefined)
    .filter(isSameProcess);
}

/** A process id may belong to a stranger by now: the command line and the time of birth must both agree. */
export function isSameProcess(record: ProcessRecord): boolean {
  if (!isRunning(record.pid) || record.pid === process.pid) return false;
  const commandLine = commandLineOf(record.pid);
  if (commandLine?.includes(record.word) !== true) return false;
  return record.birth === null || birthOf(record.pid) === record.birth;
}

/** Time a leftover server gets to put its files in order. */
const SERVER_ENDS_WITHIN_MS = 10_000;

/**
 * Ends what an earlier run of this home left behind; returns the names. Api and worker (their record's signal is SIGTERM and a
 * drain may take long) are killed at once: their work is crash-safe. Servers are asked first.
 */
export async function endLeftovers(folder: string, killAtOnce: readonly string[]): Promise<readonly string[]> {
  const left = survivors(folder).filter(({ name }) => name !== 'supervisor');
  await Promise.all(
    left.map(async ({ name, pid, signal }) => {
      if (killAtOnce.includes(name)) await stopProcess(pid, 'SIGKILL', SERVER_ENDS_WITHIN_MS);
      else await stopProcess(pid, signal, SERVER_ENDS_WITHIN_MS);
      forgetPid(folder, name);
    }),
  );
  return left.map(({ name }) => name);
}
