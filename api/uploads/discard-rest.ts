import type { IncomingMessage } from 'node:http';

const DRAIN_MS = 10_000;

/** Lets a client that is still sending finish, within reason: a closed connection would hide the answer from it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) {
    return;
  }
  request.unpipe();
  request.resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  timer.unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}
