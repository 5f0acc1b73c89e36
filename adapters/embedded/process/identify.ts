import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** True when a process of that id exists (and is no zombie, where that can be told). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/** What tells a process from a later one with the same id: when it began. Null when it cannot be told. */
export function birthOf(pid: number): string | null {
  const fields = statFields(pid);
  if (fields !== null) return fields[19] ?? null;
  return psField(pid, 'lstart');
}

/** The command line, words joined by blanks. Null when it cannot be told. */
export function commandLineOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return psField(pid, 'command');
  }
}

/** The fields of /proc/PID/stat from the state on: [0] state, [1] parent, [19] start time. Null outside Linux. */
export function statFields(pid: number): readonly string[] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function psField(pid: number, field: string): string | null {
  if (process.platform === 'linux' || process.platform === 'win32') return null;
  try {
    const said = execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return said === '' ? null : said;
  } catch {
    return null;
  }
}
