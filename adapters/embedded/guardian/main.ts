/**
 * A process of its own that outlives a killed supervisor just long enough to end the processes it started. Its standard input is a
 * pipe held by the supervisor: lines say which processes to watch over, the end of the pipe says that the supervisor is gone.
 */
import { createInterface } from 'node:readline';

const KILL_AFTER_MS = 10_000;
/** By process id: the signal that asks it to end; null when it notices by itself and is only to be killed if it does not. */
const watched = new Map<number, NodeJS.Signals | null>();

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function endWards(): void {
  for (const [pid, signal] of watched) if (signal !== null) send(pid, signal);
  const deadline = Date.now() + KILL_AFTER_MS;
  const look = setInterval(() => {
    const alive = [...watched.keys()].filter((pid) => send(pid, 0));
    if (alive.length > 0 && Date.now() < deadline) return;
    for (const pid of alive) send(pid, 'SIGKILL');
    clearInterval(look);
  }, 100);
}

process.title = 'atelier guardian';
// Ctrl-C and a plain kill are for the supervisor; the guardian goes when it is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [verb, pid, signal] = line.split(' ');
    if (verb === 'watch') watched.set(Number(pid), signal === 'none' ? null : (signal as NodeJS.Signals));
    else watched.delete(Number(pid));
  })
  .on('close', endWards);
