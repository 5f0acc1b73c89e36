import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './identify';

const LOOK_EVERY_MS = 50;

/** Sends a signal; a process that is gone already is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or not ours any more: nothing to signal.
  }
}

/** True once the process is gone, false when it still runs after the time. */
export async function waitForEnd(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(pid)) {
    if (Date.now() >= deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

/** Asks a process to end; kills it when it does not within the time. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<void> {
  signalProcess(pid, signal);
  if (await waitForEnd(pid, withinMs)) return;
  signalProcess(pid, 'SIGKILL');
  await waitForEnd(pid, 5_000);
}
