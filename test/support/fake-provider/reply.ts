import type { ServerResponse } from 'node:http';
import type { Verbatim } from './plan';

/** Sends JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

/** Sends an error in OpenAI's shape. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string | null,
  message: string,
  headers: Record<string, string> = {},
): void {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  sendJson(response, status, { error: { message, type, param: null, code } }, headers);
}

/** Begins a stream of server-sent events. */
export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

export function sendEvent(response: ServerResponse, data: unknown, event?: string): void {
  response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

export function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}

/** Answers byte for byte as told. */
export async function sendExactly(response: ServerResponse, { status = 200, headers, pieces }: Verbatim): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (typeof piece === 'number') await pause(piece);
    else response.write(piece);
  }
  response.end();
}

/** The verbatim stream of these events: objects as JSON, text and pauses as they are; `[DONE]` follows unless `done` is false. */
export function eventsOf(events: readonly unknown[], done = true): Verbatim {
  const pieces = events.map((event) =>
    typeof event === 'string' || typeof event === 'number' ? event : `data: ${JSON.stringify(event)}\n\n`,
  );
  return { headers: { 'content-type': 'text/event-stream' }, pieces: done ? [...pieces, 'data: [DONE]\n\n'] : pieces };
}
