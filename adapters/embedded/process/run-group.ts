import { spawn } from 'node:child_process';
import type { Environment } from './spec';
import { signalProcess } from './stop';

export interface RunGroupOptions {
  readonly environment: Environment;
  readonly withinMs: number;
  /** Aborted: the program and all that it started are killed. */
  readonly stop: AbortSignal;
}

/**
 * Runs a program to its end, in a process group of its own: programs such as Python's launchers start others, which must not go on
 * when the run is given up.
 *
 * @throws Error whose message is what it wrote to stderr
 */
export async function runGroup(command: string, args: readonly string[], { environment, withinMs, stop }: RunGroupOptions): Promise<void> {
  const child = spawn(command, [...args], {
    detached: true,
    windowsHide: true,
    env: { ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const giveUp = AbortSignal.any([stop, AbortSignal.timeout(withinMs)]);
  const kill = (): void => {
    if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
  };
  giveUp.addEventListener('abort', kill);
  if (giveUp.aborted) kill();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      said += error.message;
      resolve(null);
    });
  });
  giveUp.removeEventListener('abort', kill);
  if (code !== 0) throw new Error(said);
}
