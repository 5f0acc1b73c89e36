import { request, type Dispatcher } from 'undici';
import type { Egress } from '../../domain/storage';
import { closeConnection, openConnection } from './connection';
import { findDestination, type EgressRules } from './destination';
import { callFailed } from './failure';

type PostOptions = Parameters<Egress['post']>[1];

const EXCERPT_BYTES = 1_000;
const EXCERPT_TIMEOUT_MS = 5_000;

/** Posts a small body and reads the beginning of the answer. Redirects are answers like any other. */
export async function postOutside(text: string, options: PostOptions, rules: EgressRules, now: () => number): ReturnType<Egress['post']> {
  const startedAt = now();
  const destination = await findDestination(text, rules);
  const connection = openConnection(destination, options.timeoutMs);
  try {
    const answer = await request(destination.url, {
      dispatcher: connection,
      method: 'POST',
      headers: { 'user-agent': 'Atelier', ...options.headers, 'accept-encoding': 'identity' },
      body: options.body,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    const excerpt = await readExcerpt(answer);
    return { status: answer.statusCode, excerpt, durationMs: Math.round(now() - startedAt) };
  } catch (error) {
    throw callFailed(destination.url.host, error);
  } finally {
    closeConnection(connection);
  }
}

/** The first kilobyte as text; what cannot be read in time is left out, because the status has already been given. */
async function readExcerpt(answer: Dispatcher.ResponseData): Promise<string> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  const timer = setTimeout(() => answer.body.destroy(), EXCERPT_TIMEOUT_MS);
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      received += chunk.byteLength;
      if (received >= EXCERPT_BYTES) {
        break;
      }
    }
  } catch {
    // A body that breaks off changes nothing about the status.
  } finally {
    clearTimeout(timer);
  }
  return asPlainText(Buffer.concat(chunks).subarray(0, EXCERPT_BYTES));
}

function asPlainText(bytes: Uint8Array): string {
  if (bytes.includes(0)) {
    return '';
  }
  // `stream` drops a character that the cut split, instead of showing it broken.
  const text = new TextDecoder().decode(bytes, { stream: true });
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
