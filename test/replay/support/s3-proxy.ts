import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before the object store and can refuse what it is told to. */
export interface S3Proxy {
  readonly endpoint: string;
  /** Answers 503 to every write of an object whose path matches; null: lets everything through. */
  refuse(path: RegExp | null): void;
  /** Writes that were refused so far. */
  readonly refused: number;
  close(): Promise<void>;
}

export async function startS3Proxy(endpoint: string): Promise<S3Proxy> {
  const target = new URL(endpoint);
  let refusing: RegExp | null = null;
  let refused = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (refusing?.test(path) === true && (request.method === 'PUT' || request.method === 'POST')) {
      refused += 1;
      request.resume();
      request.once('end', () => response.writeHead(503).end());
      return;
    }
    // The Host header goes on as it came: it is part of the signature.
    const upstream = send(
      { host: target.hostname, port: target.port, method: request.method, path, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.once('error', () => response.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    refuse(path) {
      refusing = path;
    },
    get refused() {
      return refused;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
