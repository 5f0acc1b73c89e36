import { request, type Dispatcher } from 'undici';
import type { AppError } from '../../../domain/errors';
import type { JobRef, MediaProvider } from '../../../domain/provider/provider';
import { abortReason } from './abort';
import { isSuccess, type Connection } from './connection';
import { decodedText } from './decoder';
import { errorOfAnswer } from './provider-error';
import { transportError } from './transport-error';

const HEAD_TIMEOUT_MS = 60_000;
/** Between two pieces of the body. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_REFUSAL_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Opens the bytes of a result that are fetched with the provider's key; they flow as fast as the reader takes them. A server may send us on
 * to where its files are: the key goes to its own address only.
 * @param others - origins that get the key, too
 */
export async function openContent(
  connection: Connection,
  job: Pick<JobRef, 'signal'>,
  url: URL,
  others: readonly string[] = [],
): ReturnType<MediaProvider['open']> {
  const key = await connection.headers();
  const keyed = new Set([connection.url('').origin, ...others]);
  const open = (at: URL): Promise<Dispatcher.ResponseData> =>
    request(at, {
      dispatcher: connection.client.shared,
      headers: { ...(keyed.has(at.origin) ? key : {}), accept: '*/*' },
      signal: job.signal,
      headersTimeout: HEAD_TIMEOUT_MS,
      bodyTimeout: IDLE_TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw lost(connection, job, error);
    });
  let [at, answer] = [url, await open(url)];
  for (let hops = 0; hops < MOST_REDIRECTS; hops += 1) {
    const location = REDIRECTS.has(answer.statusCode) ? answer.headers['location'] : undefined;
    if (typeof location !== 'string' || !URL.canParse(location, at.href)) break;
    await answer.body.dump();
    at = new URL(location, at);
    answer = await open(at);
  }
  if (!isSuccess(answer.statusCode)) throw await refusal(connection, answer);
  const contentType = answer.headers['content-type'];
  return { body: readBody(connection, job, answer.body), contentType: typeof contentType === 'string' ? contentType : null };
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
