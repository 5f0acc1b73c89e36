import { request, type Dispatcher } from 'undici';
import type { AppError } from '../../../domain/errors';
import type { JobRef, MediaProvider } from '../../../domain/provider/provider';
import { abortReason } from '../shared/abort';
import { decodedText } from '../shared/decoder';
import { errorOfAnswer } from '../shared/provider-error';
import { transportError } from '../shared/transport-error';
import { isSuccess, type Connection } from './connection';
import { videoPath } from './video';

const HEAD_TIMEOUT_MS = 60_000;
/** Between two pieces of the body. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Opens a video's bytes; they flow as fast as the reader takes them. */
export async function openVideo(connection: Connection, job: JobRef, ref: string): ReturnType<MediaProvider['open']> {
  const url = connection.url(`${videoPath(job)}/content`);
  if (ref !== 'video') url.searchParams.set('variant', ref);
  const answer = await request(url, {
    dispatcher: connection.client.shared,
    headers: { ...connection.headers, accept: '*/*' },
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

async function* readBody(connection: Connection, job: JobRef, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
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

function lost(connection: Connection, job: JobRef, error: unknown): AppError {
  if (job.signal.aborted) return abortReason(job.signal);
  return transportError({ loss: 'cut_in_answer', effect: 'repeatable', isSent: true, providerName: connection.name, cause: error });
}
