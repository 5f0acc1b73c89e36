import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A try as it arrived. */
export interface Delivery {
  readonly path: string;
  readonly at: number;
  readonly id: string;
  /** Unix seconds, as the try says. */
  readonly timestamp: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly event: any;
  /** What the receiver's library says about the signature; null: it verifies. */
  readonly fault: string | null;
  readonly answered: number;
}

export interface Receiver {
  url(path: string): string;
  /** What came to a path, in order. */
  at(path: string): readonly Delivery[];
  readonly all: readonly Delivery[];
  /** Statuses of the next answers of a path; the last one repeats. A path without a script answers 204. */
  answer(path: string, statuses: readonly number[]): void;
  /** Stops listening; `open` listens again on the same port. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** A real HTTP server of a caller, who verifies with the library of Standard Webhooks. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const scripts = new Map<string, number[]>();
  const webhook = new Webhook(secret);
  let port = 0;
  let server: Server | undefined;

  function statusOf(path: string): number {
    const script = scripts.get(path) ?? [204];
    return (script.length > 1 ? script.shift() : script[0]) ?? 204;
  }

  async function open(): Promise<void> {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        const text = Buffer.concat(chunks).toString('utf8');
        const answered = statusOf(path);
        const { headers } = request;
        deliveries.push({
          path,
          at: Date.now(),
          id: String(headers['webhook-id']),
          timestamp: Number(headers['webhook-timestamp']),
          headers,
          text,
          event: JSON.parse(text),
          fault: faultOf(webhook, text, headers),
          answered,
        });
        response
          .writeHead(answered, answered === 302 ? { location: '/elsewhere' } : {})
          .end(answered >= 400 ? `no: ${answered}` : undefined);
      });
    });
    await new Promise<void>((resolve, reject) => server?.once('error', reject).listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  await open();
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    at: (path) => deliveries.filter((delivery) => delivery.path === path),
    all: deliveries,
    answer: (path, statuses) => void scripts.set(path, [...statuses]),
    async shut() {
      const closing = server;
      await new Promise<void>((resolve) => {
        closing?.close(() => resolve());
        closing?.closeAllConnections();
      });
    },
    open,
  };
}

function faultOf(webhook: Webhook, text: string, headers: IncomingHttpHeaders): string | null {
  try {
    webhook.verify(text, headers as Record<string, string>);
    return null;
  } catch (error) {
    return String(error);
  }
}
