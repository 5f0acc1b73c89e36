import { isIPv6, type LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Destination } from './destination';

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_BYTE_TIMEOUT_MS = 15_000;

/**
 * A dispatcher for one call. Its "name server" answers with the checked addresses only, so what was checked is what is called,
 * whatever the real name server says a moment later; Host and SNI stay the name. Proxies of the environment are not used.
 */
export function openConnection(destination: Destination, timeoutMs: number): Agent {
  const answers = destination.addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const pinned: LookupFunction = (_hostname, options, callback) => {
    const first = answers[0];
    if (options.all === true) {
      callback(null, answers);
    } else if (first === undefined) {
      callback(new Error('no address'), '', 0);
    } else {
      callback(null, first.address, first.family);
    }
  };
  return new Agent({
    connect: { lookup: pinned, timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
    autoSelectFamily: true,
    headersTimeout: Math.min(FIRST_BYTE_TIMEOUT_MS, timeoutMs),
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16_384,
    pipelining: 0,
  });
}

/** Ends the connection at once; waits for nothing. */
export function closeConnection(connection: Agent): void {
  void connection.destroy().catch(() => undefined);
}
