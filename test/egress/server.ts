import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that counts who comes. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  /** TCP connections so far, also those that never sent a request. */
  connections(): number;
  readonly requests: IncomingMessage[];
  close(): Promise<void>;
}

export async function startServer(
  listener: RequestListener = (_request, response) => response.end('ok'),
  where: { readonly host?: string; readonly port?: number } = {},
): Promise<TestServer> {
  let connections = 0;
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(where.port ?? 0, where.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
