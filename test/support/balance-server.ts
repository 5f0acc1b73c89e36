import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that tells balances as vendors do. */
export interface BalanceServer {
  readonly origin: string;
  /** Method, path and the key of what it was asked, in order. */
  readonly asked: string[];
  /** What a path answers from now on; absent: 404. */
  answer(path: string, body: unknown, status?: number): void;
  close(): Promise<void>;
}

export async function startBalanceServer(): Promise<BalanceServer> {
  const answers = new Map<string, { readonly status: number; readonly body: unknown }>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { authorization, 'x-key': key } = request.headers;
    asked.push(`${request.method ?? ''} ${request.url ?? ''} ${authorization?.replace('Bearer ', '') ?? String(key)}`);
    const { status, body } = answers.get(request.url ?? '') ?? { status: 404, body: { error: { message: 'There is no such path.' } } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (path, body, status = 200) => void answers.set(path, { status, body }),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
