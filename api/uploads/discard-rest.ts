import type { IncomingMessage } from 'node:http';

/** Without a byte, and in all. */
const IDLE_MS = 10_000;
const MOST_MS = 60_000;

/** Lets a client that is still sending finish, within reason: a closed connection would hide the answer from it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) {
    return;
  }
  request.unpipe();
  request.resume();
  const idle = setTimeout(() => request.destroy(), IDLE_MS).unref();
  const most = setTimeout(() => request.destroy(), MOST_MS).unref();
  request.on('data', () => idle.refresh());
  request.once('close', () => {
    clearTimeout(idle);
    clearTimeout(most);
  });
}
