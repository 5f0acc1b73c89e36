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

/** Opens the bytes of a result that are fetched with the provider's key; they flow as fast as the reader takes them. */
export async function openContent(connection: Connection, job: Pick<JobRef, 'signal'>, url: URL): ReturnType<MediaProvider['open']> {
  const answer = await request(url, {
    dispatcher: connection.client.shared,
    headers: { ...(await connection.headers()), accept: '*/*' },
    signal: job.signal,
    headersTimeout: HEAD_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw lost(connection, job, error);
  });
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
  const bytes = await answer.body.arrayBuffer().catch(() => new ArrayBuffer(0));
  const body = decodedText(answer.headers, Buffer.from(bytes), MAX_REFUSAL_BYTES);
  return errorOfAnswer({ status: answer.statusCode, headers: answer.headers, body }, connection.name, 'repeatable', connection.secrets);
}

function lost(connection: Connection, job: Pick<JobRef, 'signal'>, error: unknown): AppError {
  if (job.signal.aborted) return abortReason(job.signal);
  return transportError({ loss: 'cut_in_answer', effect: 'repeatable', isSent: true, providerName: connection.name, cause: error });
}
