import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came, its body as text: numbers as they were written. */
export interface RawRequest {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, any>>;
}

/** Sends exactly what a test writes. */
export type RawAnswer = (response: ServerResponse, request: RawRequest) => void | Promise<void>;

/** An upstream on a local port that sends exactly what each model's answer writes. */
export interface RawUpstream {
  /** `http://127.0.0.1:<port>/v1` */
  readonly baseUrl: string;
  readonly requests: RawRequest[];
  /** What the model answers from now on; a list: one after the other, the last one repeats. */
  answer(model: string, ...answers: readonly RawAnswer[]): void;
  close(): Promise<void>;
}

export async function startRawUpstream(): Promise<RawUpstream> {
  const answers = new Map<string, RawAnswer[]>();
  const requests: RawRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const request: RawRequest = { headers: incoming.headers, text, body: text === '' ? {} : JSON.parse(text) };
      requests.push(request);
      const steps = answers.get(request.body['model']) ?? [];
      const answer = steps.length > 1 ? steps.shift() : steps[0];
      if (answer === undefined) response.writeHead(404).end();
      else void answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    answer: (model, ...steps) => void answers.set(model, [...steps]),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One event per value; text goes out as it is. */
export function events(...values: readonly unknown[]): string {
  return values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('');
}

/** A chunk with one choice. */
export function chunk(delta: unknown, finishReason: unknown = null, more: object = {}): object {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'up',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...more,
  };
}

/** Sends a body whole, by default as an event stream. */
export function send(
  body: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'text/event-stream' },
  status = 200,
): RawAnswer {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** A stream of these deltas, a finish reason and `[DONE]`. */
export function streamOf(deltas: readonly unknown[], finishReason: unknown = 'stop'): RawAnswer {
  return send(events(...deltas.map((delta) => chunk(delta)), chunk({}, finishReason), '[DONE]'));
}
