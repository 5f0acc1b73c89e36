import { AppError, isAppError, type ErrorCode } from '../../../domain/errors';
import type { JobFailure, JobRef, JobState, MediaCall, MediaResult, ProviderOutput } from '../../../domain/provider/provider';
import { redact } from '../../../domain/redact';
import type { Connection } from './connection';
import type { HttpAnswer } from './exchange';
import { unpaid } from './provider-error';
import { isObject, parseJson, requireObject, textOf, type JsonObject } from './json';
import { meaningOf, type StatusWords } from './job-status';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Base64 of ten large images; a JSON text beyond this would come near the longest string of the runtime. */
const MAX_RESULT_BYTES = 256 * 1024 * 1024;
const LOOK = { firstByteMs: 30_000, totalMs: 60_000, maxBytes: MAX_ANSWER_BYTES, effect: 'repeatable' } as const;

interface Create {
  /** Below the base URL. */
  readonly path: string;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is the result itself: it may take as long, and be as large, as one. */
  readonly isAtOnce?: boolean;
  /** What the answer is called when it cannot be read: `an image`. */
  readonly what?: string;
}

/**
 * Creates a job, once: an answer that is lost is `outcome_unknown`.
 * @throws AppError by the class of the failure
 */
export async function createJob(
  connection: Connection,
  call: MediaCall,
  { path, body, headers, isAtOnce = false, what = 'a new job' }: Create,
): Promise<JsonObject> {
  const answer = await connection.send({
    method: 'POST',
    path,
    body: JSON.stringify(body),
    ...(headers === undefined ? {} : { headers }),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.submitMs,
    totalMs: isAtOnce ? call.timeouts.totalMs : call.timeouts.submitMs,
    effect: 'paid',
    maxBytes: isAtOnce ? MAX_RESULT_BYTES : MAX_ANSWER_BYTES,
  });
  return requireObject(answer.body, what);
}

/**
 * Makes what a create needs, such as an upload or a token. Nothing is bought by it: no failure leaves an outcome unknown.
 * @throws AppError `provider_unavailable` in place of `provider_bad_response`
 */
export async function beforeCreate<Value>(prepare: () => Promise<Value>): Promise<Value> {
  try {
    return await prepare();
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw error.code === 'provider_bad_response'
      ? new AppError('provider_unavailable', error.message, { ...error.facts, isUnpaid: true }, error)
      : unpaid(error);
  }
}

/** The id of a job that was created. @throws AppError `provider_bad_response` when there is none */
export function requireId(connection: Pick<Connection, 'name'>, created: JsonObject, field = 'id'): string {
  const id = textOf(created[field]) ?? '';
  if (id === '') throw new AppError('provider_bad_response', `Provider ${connection.name} answered a new job without its id.`);
  return id;
}

/** Asks for a job's state. @param isAnswer - takes an answer whose status is none of success for one all the same */
export function lookAt(
  connection: Connection,
  job: Pick<JobRef, 'signal'>,
  path: string,
  isAnswer?: (answer: HttpAnswer) => boolean,
): Promise<HttpAnswer> {
  return connection.send({ ...LOOK, method: 'GET', path, signal: job.signal, ...(isAnswer === undefined ? {} : { isAnswer }) });
}

/** Asks the vendor to stop a job; false when it refuses, does not know it, or answers that it has not stopped. */
export async function stopJob(
  connection: Connection,
  job: JobRef,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  hasStopped: (answer: HttpAnswer) => boolean = () => true,
): Promise<boolean> {
  try {
    return hasStopped(await connection.send({ ...LOOK, method, path, signal: job.signal }));
  } catch (error) {
    if (isAppError(error) && (error.code === 'provider_not_found' || error.code === 'provider_rejected')) return false;
    throw error;
  }
}

/**
 * Stops a job by deleting it, once a look at it has shown that it may be: at vendors who delete what it made, when it has ended.
 * @param mayDelete - by the body of the look
 */
export async function deleteJob(connection: Connection, job: JobRef, path: string, mayDelete: (body: string) => boolean): Promise<boolean> {
  try {
    return mayDelete((await lookAt(connection, job, path)).body) && (await stopJob(connection, job, 'DELETE', path));
  } catch (error) {
    if (isAppError(error) && error.code === 'provider_not_found') return false;
    throw error;
  }
}

/** Whether the word for a job's state, in a field of a look's body, says that it goes on. */
export function isPending(body: string, field: string, words: StatusWords): boolean {
  const job = parseJson(body);
  return meaningOf(isObject(job) ? (textOf(job[field]) ?? '') : '', words) === 'pending';
}

/** A job that goes on. A word that the table does not know counts as pending, and is told. */
export function pending(
  connection: Pick<Connection, 'secrets'>,
  status: string,
  words: StatusWords,
  { progress = null, pollAfterMs }: { readonly progress?: number | null; readonly pollAfterMs: number },
): JobState {
  const unknown =
    meaningOf(status, words) === null ? { unknownStatus: redact(status === '' ? 'no status' : status, connection.secrets) } : {};
  return { state: 'pending', progress: progress === null ? null : Math.min(1, Math.max(0, progress)), pollAfterMs, ...unknown };
}

/**
 * A job that ended, by its outputs. One that delivered none failed: for the first one's reason; without any reason nobody can tell what
 * became of it, and it may have been charged, so it is not made again.
 */
export function ended(connection: Pick<Connection, 'name'>, result: MediaResult): Extract<JobState, { state: 'completed' }> | JobFailure {
  if (result.outputs.some(({ from }) => from !== 'missing')) return { state: 'completed', result };
  const reason = result.outputs.find((output) => output.from === 'missing');
  const charged = result.reportedMicroUsd === null ? {} : { chargedMicroUsd: String(result.reportedMicroUsd) };
  const words = `Provider ${connection.name} reported the job as done and delivered nothing. It may charge for it.`;
  const error =
    reason === undefined
      ? new AppError('outcome_unknown', words, charged)
      : new AppError(reason.code, reason.message, { providerMessage: reason.message, ...charged });
  return { state: 'failed', error };
}

/** One of several outputs that the vendor did not make. */
export function missing(code: ErrorCode, message: string): ProviderOutput {
  return { from: 'missing', code, message, revisedPrompt: null };
}

/** An output by what the vendor gives: a link, a `data:` URI, or an object with a field `url`; null: neither. */
export function outputOf(value: unknown, revisedPrompt: string | null = null): ProviderOutput | null {
  const url = textOf(isObject(value) ? value['url'] : value) ?? '';
  const inline = /^data:([^;,]+)[^,]*;base64,/.exec(url);
  if (inline !== null) {
    const contentType = inline[1] ?? 'application/octet-stream';
    return { from: 'bytes', bytes: Buffer.from(url.slice(inline[0].length), 'base64'), contentType, revisedPrompt };
  }
  return /^https?:\/\//.test(url) ? { from: 'url', url, revisedPrompt } : null;
}

/** `open` of a vendor whose results are links that anybody may fetch. */
export async function onlyLinks(): Promise<never> {
  throw new AppError('internal', 'The results of this provider are links; none is fetched with its key.');
}
