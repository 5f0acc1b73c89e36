import { createServer, type RequestListener, type Server } from 'node:http';
import { answerMalformed } from './malformed-request';

/** Longer than a load balancer or an SDK keeps an idle connection, so that it is never we who cut one in use. */
const KEEP_ALIVE_MS = 75_000;

/**
 * The api's HTTP server, not yet listening.
 * @param newId - makes the ids of requests that no router ever sees
 */
export function createHttpServer(app: RequestListener, newId: (prefix: string) => string): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
  server.on('clientError', answerMalformed(newId));
  return server;
}
