import { copyFileSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

export interface LogBounds {
  /** A log that has grown beyond this is moved away. */
  readonly overBytes: number;
  /** How many older logs of each process are kept. */
  readonly older: number;
  readonly lookEveryMs: number;
}

/** At most some 80 MB of each process. */
const BOUNDS: LogBounds = { overBytes: 20 * 1024 * 1024, older: 3, lookEveryMs: 5_000 };

/** The log file of a process. */
export function logFileOf(logs: string, name: string): string {
  return join(logs, `${name}.log`);
}

/** The last line of a process's log that says something; '' when there is none. */
export function lastLogLine(logs: string, name: string): string {
  try {
    const lines = readFileSync(logFileOf(logs, name), 'utf8').slice(-8_000).split('\n');
    return (
      lines
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .at(-1) ?? ''
    );
  } catch {
    return '';
  }
}

/** Keeps the logs of a folder within bounds while processes write to them. @returns the function that ends it */
export function boundLogs(logs: string, bounds: LogBounds = BOUNDS): () => void {
  const look = (): void => {
    for (const name of readdirSync(logs)) if (name.endsWith('.log')) rotate(join(logs, name), bounds);
  };
  look();
  const timer = setInterval(look, bounds.lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Moves what a log holds to `.1`, what that held to `.2`, and so on. The file itself stays, as the process that appends to it has it open
 * and would not hear of another; what it writes between copy and cut is lost.
 */
function rotate(file: string, { overBytes, older }: LogBounds): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= overBytes) return;
  try {
    for (let number = older; number >= 1; number -= 1) {
      const from = number === 1 ? null : `${file}.${number - 1}`;
      if (from === null) copyFileSync(file, `${file}.1`);
      else if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${file}.${number}`);
    }
  } catch {
    // No room for a copy: the bound counts more than what it says.
    rmSync(`${file}.1`, { force: true });
  }
  truncateSync(file);
}
