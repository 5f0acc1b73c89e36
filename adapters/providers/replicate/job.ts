import { FormData } from 'undici';
import { Webhook } from 'standardwebhooks';
import { AppError } from '../../../domain/errors';
import type { CallbackReading, ProviderCallback } from '../../../domain/provider/callback';
import type { JobRef, JobState, MediaCall, MediaFile, MediaResult, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import type { Connection } from '../shared/connection';
import type { HttpAnswer } from '../shared/exchange';
import { errorOfJob, meaningOf, type StatusWords } from '../shared/job-status';
import { isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { beforeCreate, createJob, ended, lookAt, missing, outputOf, pending, requireId, stopJob } from '../shared/media-job';
import { readDataUris, streamedFile } from '../shared/media-file';
import { codeOfFault, errorOfFault } from '../shared/provider-error';
import { retryAfterMs } from '../shared/retry-after';
import type { Effect } from '../shared/transport-error';
import { placeOf, replicateInput } from './request';

/** `aborted`: its deadline passed before it began. */
const STATUS: StatusWords = {
  pending: ['starting', 'processing', 'queued'],
  completed: ['succeeded'],
  failed: ['failed'],
  cancelled: ['canceled', 'cancelled', 'aborted'],
};
/** Replicate wants larger files by an address. */
const MAX_DATA_URI_BYTES = 256 * 1024;

/** Creates a prediction and does not wait for it: an answer that is slow to come could be lost. */
export async function submitReplicate(connection: Connection, call: MediaCall, pollMs: number): Promise<Submission> {
  const { path, body } = placeOf(call.model);
  const input = await replicateInput(call, (files) => sendFiles(connection, call, files));
  const { callbackUrl } = call;
  const webhook = callbackUrl === undefined || callbackUrl === null ? {} : { webhook: callbackUrl, webhook_events_filter: ['completed'] };
  const created = await createJob(connection, call, { path, body: { ...body, input, ...webhook } });
  return { state: 'accepted', upstreamId: requireId(connection, created), pollAfterMs: pollMs };
}

/** Small files as data URIs, others by their address at Replicate. */
async function sendFiles(connection: Connection, call: MediaCall, files: readonly MediaFile[]): Promise<readonly string[]> {
  const addresses: string[] = [];
  for (const file of files) {
    addresses.push(
      ...(file.sizeBytes > MAX_DATA_URI_BYTES ? [await beforeCreate(() => upload(connection, call, file))] : await readDataUris([file])),
    );
  }
  return addresses;
}

async function upload(connection: Connection, { signal, timeouts }: MediaCall, file: MediaFile): Promise<string> {
  const form = new FormData();
  form.append('content', streamedFile(file));
  const answer = await connection.send({
    method: 'POST',
    path: 'v1/files',
    body: form,
    signal,
    firstByteMs: timeouts.submitMs,
    totalMs: timeouts.submitMs,
    effect: 'repeatable',
    maxBytes: 1024 * 1024,
  });
  const { urls } = requireObject(answer.body, 'a file');
  const url = isObject(urls) ? textOf(urls['get']) : undefined;
  if (url === undefined) throw new AppError('provider_unavailable', `Provider ${connection.name} gave no address for an input file.`);
  return url;
}

/** Looks at a prediction. Its `logs` may hold prompts and more: they are left out. */
export async function pollReplicate(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const prediction = requireObject((await lookAt(connection, job, predictionPath(job))).body, 'a prediction');
  const status = textOf(prediction['status']) ?? '';
  switch (meaningOf(status, STATUS)) {
    case 'completed':
      return ended(connection, resultOf(connection, job, prediction));
    case 'failed':
      return { state: 'failed', error: failureOf(connection, prediction) };
    case 'cancelled': {
      const words = `The job was stopped at provider ${connection.name} (${status}).`;
      return { state: 'cancelled', error: new AppError('cancelled', words, { providerCode: status }) };
    }
    case 'pending':
    case null:
      return pending(connection, status, STATUS, { pollAfterMs: pollMs });
  }
}

/** A code in an error's words: `... (E005)`. Replicate gives these for its official models. */
const SENSITIVE = /\bE005\b/;
const INVALID = /\bE006\b/;

function failureOf({ name, secrets }: Connection, prediction: JsonObject): AppError {
  const what = `The job at provider ${name} failed`;
  const words = textOf(prediction['error']) ?? '';
  const code = SENSITIVE.test(words) ? 'content_policy_violation' : INVALID.test(words) ? 'provider_rejected' : null;
  if (code === null) return errorOfJob({ error: { message: words } }, 'failed', what, secrets);
  const providerCode = /\bE\d{3,4}\b/.exec(words)?.[0] ?? '';
  return errorOfFault(code, { status: null, codes: [providerCode], message: words }, what, secrets);
}

function resultOf({ name }: Connection, job: JobRef, { output }: JsonObject): MediaResult {
  const found = linksOf(output).map((link) => outputOf(link));
  const made = found.filter((item): item is ProviderOutput => item !== null);
  const isText = made.length === 0 && typeof output === 'string' && output !== '';
  const words = `Provider ${name} answered with a text: the model makes no ${job.kind}. It charges for it.`;
  return {
    outputs: isText ? [missing('outcome_unknown', words)] : made,
    usage: job.kind === 'image' ? { ...NO_USAGE, images: made.length } : null,
    reportedMicroUsd: null,
  };
}

/** Links of a result: a text, a list, or an object that holds either under names of its own. */
function linksOf(output: unknown): readonly unknown[] {
  if (Array.isArray(output)) return output.flatMap(linksOf);
  if (!isObject(output)) return [output];
  return 'url' in output ? [output] : Object.values(output).flatMap(linksOf);
}

/** Stops a prediction; one that has ended is answered as it is. */
export function cancelReplicate(connection: Connection, job: JobRef): Promise<boolean> {
  return stopJob(connection, job, 'POST', `${predictionPath(job)}/cancel`, ({ body }) => {
    const prediction = parseJson(body);
    const meaning = isObject(prediction) ? meaningOf(textOf(prediction['status']) ?? '', STATUS) : null;
    return meaning !== 'completed' && meaning !== 'failed';
  });
}

function predictionPath({ upstreamId }: JobRef): string {
  return `v1/predictions/${encodeURIComponent(upstreamId)}`;
}

/** Errors are `{title, detail, status, invalid_fields}`. */
export function errorOfReplicate({ name, secrets }: Pick<Connection, 'name' | 'secrets'>, answer: HttpAnswer, effect: Effect): AppError {
  const body = parseJson(answer.body);
  const { title, detail } = isObject(body) ? body : {};
  const message = [title, detail]
    .map((text) => textOf(text) ?? '')
    .filter((text) => text !== '')
    .join(': ');
  const wait = retryAfterMs(answer.headers, Date.now());
  const code = codeOfFault(answer.status, [], effect);
  return errorOfFault(code, { status: null, codes: [], message }, `Provider ${name} answered ${answer.status}`, secrets, wait);
}

/** Standard Webhooks where the secret is known; else a hint. */
export function readReplicateCallback(secret: string | undefined, { headers, body }: ProviderCallback): CallbackReading {
  if (secret === undefined) return { kind: 'hint' };
  const named = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  try {
    new Webhook(secret).verify(body.toString('utf8'), Object.fromEntries(named));
    return { kind: 'hint' };
  } catch {
    return { kind: 'refused', reason: 'its signature is not by the secret of this account' };
  }
}
