import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import busboy from 'busboy';
import type { RecordedRequest } from './records';

/** Reads a request whole: JSON or multipart. Files are counted, not kept. */
export async function readRequest(request: IncomingMessage): Promise<RecordedRequest> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const { body, files } = type.startsWith('multipart/') ? await readMultipart(request, bytes) : { body: readJson(bytes), files: [] };
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    model: typeof body['model'] === 'string' ? body['model'] : null,
    prompt: promptOf(body),
    idempotencyKey: (request.headers['idempotency-key'] as string | undefined) ?? null,
    authorization: request.headers.authorization ?? null,
    body,
    files,
  };
}

function readJson(bytes: Buffer): Record<string, unknown> {
  return bytes.length === 0 ? {} : (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>);
}

async function readMultipart(request: IncomingMessage, bytes: Buffer): Promise<Pick<RecordedRequest, 'body' | 'files'>> {
  const body: Record<string, unknown> = {};
  const files: { field: string; filename: string; contentType: string; sizeBytes: number }[] = [];
  const parser = busboy({ headers: request.headers });
  parser.on('field', (name, value) => {
    const before = body[name];
    body[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  });
  parser.on('file', (field, stream, info) => {
    const file = { field, filename: info.filename ?? '', contentType: info.mimeType, sizeBytes: 0 };
    files.push(file);
    stream.on('data', (chunk: Buffer) => (file.sizeBytes += chunk.length));
  });
  await new Promise((resolve, reject) => {
    parser.on('close', resolve).on('error', reject);
    Readable.from(bytes).pipe(parser);
  });
  return { body, files };
}

/** The prompt, or the last message's text of a chat, or an embedding's input. */
function promptOf(body: Readonly<Record<string, unknown>>): string | null {
  if (typeof body['prompt'] === 'string') return body['prompt'];
  const messages = body['messages'] as { readonly content?: unknown }[] | undefined;
  const text = messages?.at(-1)?.content ?? body['input'];
  if (text === undefined) return null;
  return typeof text === 'string' ? text : JSON.stringify(text);
}
