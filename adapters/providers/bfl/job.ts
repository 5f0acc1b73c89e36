import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, type ErrorCode } from '../../../domain/errors';
import type { CallbackReading, ProviderCallback } from '../../../domain/provider/callback';
import type { JobRef, JobState, MediaCall, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import type { Connection } from '../shared/connection';
import type { HttpAnswer } from '../shared/exchange';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, outputOf, pending, requireId } from '../shared/media-job';
import { codeOfFault, errorOfFault, readFault } from '../shared/provider-error';
import { retryAfterMs } from '../shared/retry-after';
import type { Effect } from '../shared/transport-error';
import { bflRequest } from './request';

const STATUS: StatusWords = {
  pending: ['pending', 'processing', 'queued'],
  completed: ['ready'],
  failed: ['error', 'failed', 'request_moderated', 'content_moderated'],
  cancelled: [],
};
/** A credit is a cent. */
const MICRO_USD_PER_CREDIT = 10_000;

interface Ways {
  readonly pollMs: number;
  readonly webhookSecret: string | undefined;
}

/** Creates an image. The answer says where to ask for it: each region has servers of its own, and knows its jobs alone. */
export async function submitBfl(connection: Connection, call: MediaCall, { pollMs, webhookSecret }: Ways): Promise<Submission> {
  const { callbackUrl } = call;
  const secret = webhookSecret === undefined ? {} : { webhook_secret: webhookSecret };
  const webhook = callbackUrl === undefined || callbackUrl === null ? {} : { webhook_url: callbackUrl, ...secret };
  const path = `v1/${encodeURIComponent(call.model)}`;
  const created = await createJob(connection, call, { path, body: { ...(await bflRequest(call)), ...webhook } });
  const id = requireId(connection, created);
  return { state: 'accepted', upstreamId: upstreamIdOf(connection, id, textOf(created['polling_url'])), pollAfterMs: pollMs };
}

/**
 * Where the job is known: its id where that is enough, else the address that was given. The key goes there, so that it has to be on the
 * provider's own host or one of the vendor's.
 */
function upstreamIdOf(connection: Connection, id: string, pollingUrl: string | undefined): string {
  if (pollingUrl === undefined || !URL.canParse(pollingUrl)) return id;
  const url = new URL(pollingUrl);
  if (!url.searchParams.has('id')) url.searchParams.set('id', id);
  const isUsual = url.href === connection.url(resultPath(id)).href;
  return isUsual || !mayBeAsked(connection, url) ? id : url.href;
}

function mayBeAsked(connection: Connection, { protocol, hostname }: URL): boolean {
  const own = connection.url('');
  return (hostname === own.hostname && protocol === own.protocol) || (protocol === 'https:' && /\.bfl\.(ai|ml)$/.test(hostname));
}

function resultPath(id: string): string {
  return `v1/get_result?id=${encodeURIComponent(id)}`;
}

/** Looks at an image. */
export async function pollBfl(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const given = URL.canParse(job.upstreamId) ? new URL(job.upstreamId) : null;
  const path = given !== null && mayBeAsked(connection, given) ? given.href : resultPath(job.upstreamId);
  const body = requireObject((await lookAt(connection, job, path)).body, 'an image');
  const status = textOf(body['status']) ?? textOf(body['state']) ?? '';
  if (/not found/i.test(status)) throw new AppError('provider_not_found', `Provider ${connection.name} does not know the job.`);
  switch (meaningOf(status, STATUS)) {
    case 'completed': {
      const output = outputOf(isObject(body['result']) ? body['result']['sample'] : undefined);
      const usage = { ...NO_USAGE, images: output === null ? 0 : 1 };
      return ended(connection, { outputs: output === null ? [] : [output], usage, reportedMicroUsd: costOf(body) });
    }
    case 'failed':
    case 'cancelled':
      return { state: 'failed', error: failureOf(connection, status, body) };
    case 'pending':
    case null:
      return pending(connection, status, STATUS, { progress: countOf(body['progress']) ?? null, pollAfterMs: pollMs });
  }
}

/** `Request Moderated` is of what came in, `Content Moderated` of what was made. */
function failureOf({ name, secrets }: Connection, status: string, body: JsonObject): AppError {
  const code: ErrorCode = /moderated/i.test(status) ? 'content_policy_violation' : 'provider_unavailable';
  const details = body['details'];
  const message =
    textOf(details) ??
    (isObject(details)
      ? (Object.values(details)
          .flat()
          .find((value) => typeof value === 'string') ?? '')
      : '');
  const error = errorOfFault(code, { status: null, codes: [status], message }, `The job at provider ${name} failed`, secrets);
  const cost = costOf(body) ?? 0n;
  return cost > 0n ? new AppError(error.code, error.message, { ...error.facts, chargedMicroUsd: String(cost) }) : error;
}

function costOf(body: JsonObject): bigint | null {
  const credits = countOf(body['cost']);
  return credits === undefined ? null : BigInt(Math.round(credits * MICRO_USD_PER_CREDIT));
}

/** Errors are `{detail: "text"}`, `{detail: [{loc, msg}]}` or, for what is moderated at once, `{detail: {...}}` with its status. */
export function errorOfBfl({ name, secrets }: Pick<Connection, 'name' | 'secrets'>, answer: HttpAnswer, effect: Effect): AppError {
  const fault = readFault(parseJson(answer.body));
  const code = codeOfFault(answer.status, fault.codes, effect);
  return errorOfFault(code, fault, `Provider ${name} answered ${answer.status}`, secrets, retryAfterMs(answer.headers, Date.now()));
}

/** BFL signs nothing: it says the secret that it was given with the job, which is compared when there is one. */
export function readBflCallback(secret: string | undefined, { headers }: ProviderCallback): CallbackReading {
  if (secret === undefined) return { kind: 'hint' };
  const said = headers['x-webhook-secret'];
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const isSame = typeof said === 'string' && timingSafeEqual(digest(said), digest(secret));
  return isSame ? { kind: 'hint' } : { kind: 'refused', reason: 'it does not carry the secret that the job was created with' };
}
