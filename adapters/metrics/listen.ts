import { createServer } from 'node:http';
import type { ProcessMetrics } from './index';

/**
 * Serves GET /metrics, for operators: on a port of its own, which is not for the public. Resolves when it listens.
 * @throws the system's error when the port is not to be had
 */
export async function listenForScrapes(
  metrics: Pick<ProcessMetrics, 'open' | 'text'>,
  place: { readonly host: string; readonly port: number },
): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.open.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, resolve);
  });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
