import type { ServerResponse } from 'node:http';
import type { LabAnswer } from './vendor';

/** Sends an answer whole. */
export function send(response: ServerResponse, answer: LabAnswer): void {
  if (response.destroyed) return;
  const bytes = body(answer);
  response.writeHead(answer.status ?? 200, {
    ...headersOf(answer),
    ...(answer.events === undefined ? { 'content-length': bytes.length } : {}),
  });
  response.end(bytes);
}

export function headersOf({ headers, json, events }: LabAnswer): Record<string, string> {
  const type = events !== undefined ? 'text/event-stream' : json !== undefined ? 'application/json' : 'application/octet-stream';
  return { 'content-type': type, ...headers };
}

export function body({ json, text, bytes, events }: LabAnswer): Buffer {
  if (events !== undefined) {
    const lines = events.map(({ event, id, data }) => {
      const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
      return `${head}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
    });
    return Buffer.from(lines.join(''));
  }
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  return bytes === undefined ? Buffer.from(text ?? '') : Buffer.from(bytes);
}
