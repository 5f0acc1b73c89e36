import { request, type Dispatcher } from 'undici';
import { AppError, toAppError } from '../../../domain/errors';
import type { JobRef, MediaProvider } from '../../../domain/provider/provider';
import { abortReason } from './abort';
import { isSuccess, type Connection } from './connection';
import { decodedText } from './decoder';
import { errorOfAnswer } from './provider-error';
import { transportError } from './transport-error';

const HEAD_TIMEOUT_MS = 60_000;
/** Between two pieces of the body. */
const IDLE_TIMEOUT_MS = 60_000;
/** Of a whole file from an address that is not the provider's own. */
const OUTSIDE_MS = 10 * 60_000;
const MAX_REFUSAL_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Opens the bytes of a result that are fetched with the provider's key; they flow as fast as the reader takes them. A server may send us on
 * to where its files are: the key goes to configured addresses only, and any other is checked before it is called.
 * @param others - origins that get the key, too
 * @throws AppError as an adapter's `open`; `provider_bad_response` (permanent) for an address that must not be called
 */
export async function openContent(
  connection: Connection,
  job: Pick<JobRef, 'signal'>,
  url: URL,
  others: readonly string[] = [],
): ReturnType<MediaProvider['open']> {
  const headers = { ...(await connection.headers()), accept: '*/*' };
  const own = new Set([connection.url('').origin, ...others]);
  let at = url;
  for (let hops = 0; own.has(at.origin); hops += 1) {
    const answer = await request(at, {
      dispatcher: connection.client.shared,
      headers,
      signal: job.signal,
      headersTimeout: HEAD_TIMEOUT_MS,
      bodyTimeout: IDLE_TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw lost(connection, job, error);
    });
    const location = REDIRECTS.has(answer.statusCode) ? answer.headers['location'] : undefined;
    if (typeof location !== 'string' || !URL.canParse(location, at.href) || hops >= MOST_REDIRECTS) {
      if (!isSuccess(answer.statusCode)) throw await refusal(connection, answer);
      const contentType = answer.headers['content-type'];
      return { body: readBody(connection, job, answer.body), contentType: typeof contentType === 'string' ? contentType : null };
    }
    await answer.body.dump();
    at = new URL(location, at);
  }
  return openOutside(connection, job, at);
}

/** What nobody configured may lead anywhere, also to where only this installation may call. */
async function openOutside(connection: Connection, job: Pick<JobRef, 'signal'>, at: URL): ReturnType<MediaProvider['open']> {
  const { name, client } = connection;
  if (client.outside === null) throw elsewhere(name, 'Only its own address is called.');
  try {
    // The reader counts the bytes.
    const { body, contentType } = await client.outside.fetch(at.href, { maxBytes: Infinity, timeoutMs: OUTSIDE_MS, signal: job.signal });
    return { body: readBody(connection, job, body), contentType };
  } catch (caught) {
    if (job.signal.aborted) throw abortReason(job.signal);
    const error = toAppError(caught);
    if (error.code === 'invalid_url') throw elsewhere(name, error.message);
    throw new AppError('provider_unavailable', `Provider ${name} redirects to a file that cannot be read: ${error.message}`, {}, error);
  }
}

function elsewhere(name: string, why: string): AppError {
  return new AppError('provider_bad_response', `Provider ${name} redirects to an address that must not be called. ${why}`, {
    isPermanent: true,
  });
}

async function* readBody(connection: Connection, job: Pick<JobRef, 'signal'>, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw lost(connection, job, error);
  }
}

async function refusal(connection: Connection, answer: Dispatcher.ResponseData): Promise<AppError> {
  const body = decodedText(answer.headers, await beginningOf(answer.body), MAX_REFUSAL_BYTES);
  return errorOfAnswer({ status: answer.statusCode, headers: answer.headers, body }, connection.name, 'repeatable', connection.secrets);
}

/** As much as a refusal's words need; the rest is not waited for. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks);
}

function lost(connection: Connection, job: Pick<JobRef, 'signal'>, error: unknown): AppError {
  if (job.signal.aborted) return abortReason(job.signal);
  return transportError({ loss: 'cut_in_answer', effect: 'repeatable', isSent: true, providerName: connection.name, cause: error });
}
