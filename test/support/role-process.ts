import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually';

/** The processes of an installation that are ours. */
export type Role = 'api' | 'worker';

/** The checkout. */
export const ROOT = join(__dirname, '../..');

/** One api or worker process of a test installation. */
export interface RoleProcess {
  readonly role: Role | 'adapters/db';
  readonly pid: number;
  /** Everything it wrote. */
  log(): string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<void>;
  hasEnded(): boolean;
  /** Resolves once it has logged the words since it was started. */
  says(words: string, withinMs: number): Promise<void>;
}

/** Starts `dist/<role>/main.js` of a checkout with the environment, its output in a file. */
export function startRole(role: Role | 'adapters/db', environment: NodeJS.ProcessEnv, logFile: string, root = ROOT): RoleProcess {
  const earlier = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(logFile, 'a');
  const child: ChildProcess = spawn(process.execPath, [join(root, 'dist', role, 'main.js')], {
    env: environment,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    role,
    pid: child.pid ?? 0,
    log: () => readFileSync(logFile, 'utf8'),
    hasEnded,
    says: async (words, withinMs) => {
      await eventually(() => readFileSync(logFile).subarray(earlier).includes(words) || hasEnded(), { withinMs });
    },
    end: async (signal, withinMs) => {
      child.kill(signal);
      try {
        await eventually(hasEnded, { withinMs });
      } catch (error) {
        child.kill('SIGKILL');
        throw new Error(`${role} did not end within ${withinMs} ms after ${signal}:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`, {
          cause: error,
        });
      }
    },
  };
}
