import type { IncomingMessage } from 'node:http';

/** The most that is read and thrown away of a refused body, in bytes and in time, and how long nothing may come. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_MS = 60_000;
const IDLE_MS = 10_000;

/** Lets a client that is still sending finish, within reason: a closed connection would hide the answer from it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  const idle = setTimeout(() => request.destroy(), IDLE_MS).unref();
  const most = setTimeout(() => request.destroy(), MOST_MS).unref();
  request.once('close', () => {
    clearTimeout(idle);
    clearTimeout(most);
  });
  // What was inflated or parsed no longer is: nobody reads the rest.
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) request.destroy();
    else idle.refresh();
  });
  request.resume();
}
