import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { logFileOf } from './logs';
import type { ProcessSpec } from './spec';

/** A started process. */
export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with how it ended: "code 1" or "signal SIGKILL". */
  readonly ended: Promise<string>;
}

/** Starts the process with its output in its log. It gets a session of its own, so that Ctrl-C reaches the supervisor only. */
export function launch(spec: ProcessSpec, logs: string): Promise<Launched> {
  const log = openSync(logFileOf(logs, spec.name), 'a', 0o600);
  const child = spawn(spec.command, [...spec.args], {
    detached: true,
    cwd: spec.kind === 'node' ? process.cwd() : dirname(logs),
    env: { ...spec.environment },
    stdio: spec.kind === 'node' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    ...spec.user,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `code ${code ?? '?'}` : `signal ${signal}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      standBack(child.pid, spec.niceness ?? 0);
      resolve({ child, pid: child.pid ?? 0, ended });
    });
  });
}

/** One machine does the work of several here: background work leaves the processors to who is waited for. */
function standBack(pid: number | undefined, niceness: number): void {
  if (pid === undefined || niceness === 0) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // Not allowed here, or gone already: it runs like the others.
  }
  try {
    // Where the kernel groups processes by session, niceness counts between groups by this.
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // No such grouping.
  }
}
