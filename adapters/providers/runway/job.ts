import { FormData } from 'undici';
import { AppError, type ErrorCode } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, MediaFile, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import type { Connection } from '../shared/connection';
import { exchange, type HttpAnswer } from '../shared/exchange';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { beforeCreate, createJob, ended, lookAt, missing, outputOf, pending, requireId, deleteJob, isPending } from '../shared/media-job';
import { readDataUris, streamedFile } from '../shared/media-file';
import { codeOfFault, errorOfFault, readFault } from '../shared/provider-error';
import { retryAfterMs } from '../shared/retry-after';
import type { Effect } from '../shared/transport-error';
import { runwayRequest } from './request';

/** `THROTTLED`: accepted, waiting until the account has room. */
const STATUS: StatusWords = {
  pending: ['pending', 'throttled', 'running'],
  completed: ['succeeded'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};
/** A credit is a cent. */
const MICRO_USD_PER_CREDIT = 10_000;
/** Runway takes data URIs of 5 MB; larger files are uploaded. */
const MAX_DATA_URI_BYTES = 3 * 1024 * 1024;

/** Creates a task. */
export async function submitRunway(connection: Connection, call: MediaCall, pollMs: number): Promise<Submission> {
  const { path, body } = await runwayRequest(call, (file) => sendFile(connection, call, file));
  const created = await createJob(connection, call, { path, body });
  return { state: 'accepted', upstreamId: requireId(connection, created), pollAfterMs: pollMs };
}

async function sendFile(connection: Connection, call: MediaCall, file: MediaFile): Promise<string> {
  if (file.sizeBytes > MAX_DATA_URI_BYTES) return beforeCreate(() => upload(connection, call, file));
  const [uri = ''] = await readDataUris([file]);
  return uri;
}

/** Runway says where to put a file, and by what address it is called then. */
async function upload(connection: Connection, call: MediaCall, file: MediaFile): Promise<string> {
  const limits = { signal: call.signal, firstByteMs: call.timeouts.submitMs, totalMs: call.timeouts.submitMs, maxBytes: 1024 * 1024 };
  const asked = JSON.stringify({ filename: file.filename, type: 'ephemeral' });
  const answer = await connection.send({ ...limits, method: 'POST', path: 'v1/uploads', body: asked, effect: 'repeatable' });
  const place = requireObject(answer.body, 'an upload');
  const [url, uri] = [textOf(place['uploadUrl']) ?? '', textOf(place['runwayUri']) ?? ''];
  if (!URL.canParse(url) || uri === '') {
    throw new AppError('provider_unavailable', `Provider ${connection.name} gave no place to upload an input file to.`);
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(isObject(place['fields']) ? place['fields'] : {})) form.append(name, String(value));
  form.append('file', streamedFile(file));
  const providerName = `${connection.name} (uploads)`;
  const put = { ...limits, providerName, method: 'POST', url: new URL(url), headers: {}, body: form, effect: 'repeatable' } as const;
  const { status } = await exchange(connection.client, put);
  if (status >= 300)
    throw new AppError('provider_unavailable', `Provider ${connection.name} answered the upload of an input file with ${status}.`);
  return uri;
}

/** Looks at a task. */
export async function pollRunway(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const task = requireObject((await lookAt(connection, job, taskPath(job))).body, 'a task');
  const status = textOf(task['status']) ?? '';
  switch (meaningOf(status, STATUS)) {
    case 'completed': {
      const links: readonly unknown[] = Array.isArray(task['output']) ? task['output'] : [];
      const nothing = missing('outcome_unknown', `Provider ${connection.name} did not deliver this output and gave no reason.`);
      const usage = job.kind === 'image' ? { ...NO_USAGE, images: links.length } : null;
      return ended(connection, { outputs: links.map((link) => outputOf(link) ?? nothing), usage, reportedMicroUsd: chargeOf(task) });
    }
    case 'failed':
      return { state: 'failed', error: failureOf(connection, task) };
    case 'cancelled':
      return {
        state: 'cancelled',
        error: new AppError('cancelled', `The job was cancelled at provider ${connection.name}.`, charged(task)),
      };
    case 'pending':
    case null:
      return pending(connection, status, STATUS, { progress: countOf(task['progress']) ?? null, pollAfterMs: pollMs });
  }
}

/** Families of `failureCode`. */
const FAMILIES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^SAFETY\b/, 'content_policy_violation'],
  [/^(INPUT_PREPROCESSING|ASSET)\b/, 'provider_rejected'],
];

/** Moderated work costs as much as any. Only two parts of the code are told: the third is for Runway's own people. */
function failureOf({ name, secrets }: Connection, task: JsonObject): AppError {
  const failureCode = textOf(task['failureCode']) ?? '';
  const code = FAMILIES.find(([family]) => family.test(failureCode))?.[1] ?? 'provider_unavailable';
  const codes = failureCode === '' ? [] : [failureCode.split('.').slice(0, 2).join('.')];
  const error = errorOfFault(
    code,
    { status: null, codes, message: textOf(task['failure']) ?? '' },
    `The job at provider ${name} failed`,
    secrets,
  );
  return new AppError(error.code, error.message, { ...error.facts, ...charged(task) });
}

function charged(task: JsonObject): { readonly chargedMicroUsd?: string } {
  const cost = chargeOf(task) ?? 0n;
  return cost > 0n ? { chargedMicroUsd: String(cost) } : {};
}

function chargeOf(task: JsonObject): bigint | null {
  const credits = isObject(task['cost']) ? countOf(task['cost']['credits']) : undefined;
  return credits === undefined ? null : BigInt(Math.round(credits * MICRO_USD_PER_CREDIT));
}

/**
 * Stops a task that has not ended: deleting one that has would delete what it made. One that ended between the two is gone all the same; what is
 * charged for it then says so.
 */
export async function cancelRunway(connection: Connection, job: JobRef): Promise<boolean> {
  if (!(await deleteJob(connection, job, taskPath(job), (body) => isPending(body, 'status', STATUS)))) return false;
  const deleted = await lookAt(connection, job, taskPath(job)).catch(() => null);
  const task = deleted === null ? null : parseJson(deleted.body);
  return !isObject(task) || (chargeOf(task) ?? 0n) === 0n;
}

function taskPath({ upstreamId }: JobRef): string {
  return `v1/tasks/${encodeURIComponent(upstreamId)}`;
}

/** Errors are `{error: "text", issues: [{message, path}]}`. That an account is empty is said in words alone. */
export function errorOfRunway({ name, secrets }: Pick<Connection, 'name' | 'secrets'>, answer: HttpAnswer, effect: Effect): AppError {
  const body = parseJson(answer.body);
  const issues = isObject(body) && Array.isArray(body['issues']) ? body['issues'].filter(isObject) : [];
  const told = readFault(body);
  const message = [told.message, ...issues.map((issue) => textOf(issue['message']) ?? '')].filter((text) => text !== '').join(': ');
  const isEmpty = answer.status === 400 && /not have enough credits/i.test(told.message);
  const code = isEmpty ? 'provider_auth' : codeOfFault(answer.status, told.codes, effect);
  const wait = retryAfterMs(answer.headers, Date.now());
  return errorOfFault(code, { ...told, message }, `Provider ${name} answered ${answer.status}`, secrets, wait);
}
