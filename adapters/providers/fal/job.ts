import { AppError } from '../../../domain/errors';
import type { JobFailure, JobRef, JobState, MediaCall, MediaResult, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import type { Connection } from '../shared/connection';
import type { HttpAnswer } from '../shared/exchange';
import { errorOfJob, meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, outputOf, pending, requireId, stopJob } from '../shared/media-job';
import { codeOfFault, errorOfFault, readFault } from '../shared/provider-error';
import { retryAfterMs } from '../shared/retry-after';
import type { Effect } from '../shared/transport-error';
import { appPath, falInput, jobPath } from './request';

const STATUS: StatusWords = { pending: ['in_queue', 'in_progress'], completed: ['completed'], failed: ['failed', 'error'], cancelled: [] };

interface Ways {
  readonly pollMs: number;
  /** How long fal keeps what a job makes, in seconds. */
  readonly linkLifeS: number;
}

/** Puts a job into the queue. */
export async function submitFal(connection: Connection, call: MediaCall, { pollMs, linkLifeS }: Ways): Promise<Submission> {
  const webhook = call.callbackUrl === undefined || call.callbackUrl === null ? '' : `?fal_webhook=${encodeURIComponent(call.callbackUrl)}`;
  const created = await createJob(connection, call, {
    path: `${appPath(call.model)}${webhook}`,
    body: await falInput(call),
    headers: { 'x-fal-object-lifecycle-preference': JSON.stringify({ expiration_duration_seconds: linkLifeS }) },
  });
  return { state: 'accepted', upstreamId: requireId(connection, created, 'request_id'), pollAfterMs: pollMs };
}

/** Looks at a job. `COMPLETED` only says that it is over: its result may be an error. */
export async function pollFal(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const path = jobPath(job.model, job.upstreamId);
  const body = requireObject((await lookAt(connection, job, `${path}/status`)).body, "a job's status");
  const status = textOf(body['status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'failed') {
    return { state: 'failed', error: errorOfJob(body, status, `The job at provider ${connection.name} failed`, connection.secrets) };
  }
  if (meaning !== 'completed') return pending(connection, status, STATUS, { pollAfterMs: pollMs });
  const answer = await lookAt(connection, job, path, isVerdict);
  if (answer.status >= 400) return verdictOf(connection, answer);
  return ended(connection, resultOf(connection, job, requireObject(answer.body, "a job's result")));
}

/** Trouble with the key, the rate or a gateway is no verdict about the job. */
const NO_VERDICT = new Set([401, 402, 403, 404, 408, 425, 429]);

/**
 * Asks for a job to be stopped. That it was asked is all that the answer says: one that runs may go on to its end and be charged, so a look
 * afterwards decides. True: it waits still, and will not begin, or it has been stopped.
 */
export async function cancelFal(connection: Connection, job: JobRef): Promise<boolean> {
  const path = jobPath(job.model, job.upstreamId);
  if (!(await stopJob(connection, job, 'PUT', `${path}/cancel`))) return false;
  const body = requireObject((await lookAt(connection, job, `${path}/status`)).body, "a job's status");
  const status = textOf(body['status']) ?? '';
  if (meaningOf(status, STATUS) !== 'completed') return status === 'IN_QUEUE';
  const answer = await lookAt(connection, job, path, isVerdict);
  return answer.status >= 400 && verdictOf(connection, answer).state === 'cancelled';
}

/** A model's own error comes with the status that it chose, as JSON. */
function isVerdict({ status, headers, body }: HttpAnswer): boolean {
  if (status < 400 || NO_VERDICT.has(status)) return false;
  if (typeof headers['x-fal-error-type'] === 'string') return true;
  const json = parseJson(body);
  return isObject(json) && json['detail'] !== undefined && (status < 500 || status === 500);
}

function verdictOf(connection: Connection, answer: HttpAnswer): JobFailure {
  const error = errorOfFal(connection, answer, 'repeatable');
  const isCancelled = /cancel/.test(error.facts.providerCode ?? '');
  return isCancelled
    ? { state: 'cancelled', error: new AppError('cancelled', `The job was cancelled at provider ${connection.name}.`, error.facts) }
    : { state: 'failed', error };
}

/** Trouble of a server behind fal, by the types of its errors. */
const UNAVAILABLE = /^(runner_|startup_timeout|request_timeout|generation_timeout|downstream_service|internal_(server_)?error|client_disc)/;

/** Errors are `{detail: "text"}` or `{detail: [{loc, msg, type}]}`; the type also comes as a header. */
export function errorOfFal(connection: Pick<Connection, 'name' | 'secrets'>, answer: HttpAnswer, effect: Effect): AppError {
  const body = parseJson(answer.body);
  const { message } = readFault(body);
  const details = isObject(body) && Array.isArray(body['detail']) ? body['detail'].filter(isObject) : [];
  const header = answer.headers['x-fal-error-type'];
  const codes = [...details.map(({ type }) => textOf(type) ?? ''), typeof header === 'string' ? header : ''].filter((code) => code !== '');
  const told = codeOfFault(answer.status, codes, effect);
  const code = told === 'provider_rejected' && codes.some((type) => UNAVAILABLE.test(type)) ? 'provider_unavailable' : told;
  const fault = { status: null, codes, message, param: undefined };
  const wait = retryAfterMs(answer.headers, Date.now());
  return errorOfFault(code, fault, `Provider ${connection.name} answered ${answer.status}`, connection.secrets, wait);
}

function resultOf(connection: Connection, job: JobRef, body: JsonObject): MediaResult {
  const items = (job.kind === 'image' ? ['images', 'image'] : ['video', 'videos']).flatMap((name) => [body[name]].flat());
  const flagged = Array.isArray(body['has_nsfw_concepts']) ? body['has_nsfw_concepts'] : [];
  const outputs = items
    .filter((item) => item !== undefined && item !== null)
    .map((item, index): ProviderOutput => {
      // What is flagged comes as a black image.
      if (flagged[index] === true)
        return missing('content_policy_violation', `Provider ${connection.name} kept this image back as unsafe.`);
      return outputOf(item) ?? missing('outcome_unknown', `Provider ${connection.name} did not deliver this output and gave no reason.`);
    });
  const made = outputs.filter(({ from }) => from !== 'missing').length;
  const seconds = countOf(isObject(body['video']) ? body['video']['duration'] : undefined) ?? 0;
  const usage = job.kind === 'image' ? { ...NO_USAGE, images: made } : seconds > 0 ? { ...NO_USAGE, seconds } : null;
  return { outputs, usage, reportedMicroUsd: null };
}
