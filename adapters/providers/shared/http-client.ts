import { Agent, type Dispatcher } from 'undici';
import type { Egress } from '../../../domain/storage';

/** Connections to the providers of one process. */
export interface HttpClient {
  /** Kept-alive connections, for calls that may be repeated. */
  readonly shared: Dispatcher;
  /**
   * A new connection per call, for calls that cost money as soon as they arrive: a kept connection that the other side closes just
   * as we write leaves open whether the request was read, a new one does not.
   */
  readonly single: Dispatcher;
  /** Fetches from an address that a provider named and nobody configured, once it is checked; null: no such address is called. */
  readonly outside: Pick<Egress, 'fetch'> | null;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Makes the connections of a process; one is enough, idle sockets do not keep the process alive. */
export function createHttpClient(outside: HttpClient['outside'] = null): HttpClient {
  // Limits of time are set per call (exchange.ts); undici's own are coarse and would hide which of them fired.
  const limits = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_TIMEOUT_MS }, maxHeaderSize: 32_768 };
  return {
    shared: new Agent({ ...limits, connections: 1024, pipelining: 1, keepAliveTimeout: 15_000, keepAliveMaxTimeout: 60_000 }),
    single: new Agent({ ...limits, connections: null, pipelining: 0 }),
    outside,
  };
}
