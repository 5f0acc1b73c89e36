import { AppError, isAppError, type ErrorCode } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { JobRef, JobState, MediaCall, MediaResult, ProviderOutput, Submission } from '../../../domain/provider/provider';
import type { Connection, Dialect } from '../shared/connection';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, outputOf, pending, requireId } from '../shared/media-job';
import { readFault, unpaid } from '../shared/provider-error';
import { readerOf, type VendorCodes } from '../shared/vendor-codes';
import { JOB_PATHS, jobRequest, type JobPath } from './request';
import type { Bearer } from './token';

/** The vendor's codes: 10xx the key, 11xx the account, 12xx the request, 13xx policy and limits, 50xx its servers. */
export const CODES: VendorCodes = {
  ...codes('provider_auth', [1000, 1001, 1002, 1003, 1004, 1100, 1101, 1102, 1103, 1304]),
  ...codes('provider_rejected', [1200, 1201]),
  ...codes('provider_not_found', [1202, 1203]),
  ...codes('content_policy_violation', [1300, 1301]),
  ...codes('rate_limited', [1302, 1303]),
  ...codes('provider_unavailable', [5000, 5001, 5002]),
};
/** A token that is not valid yet, or no more. */
const TOKEN_CODES: readonly (string | undefined)[] = ['1003', '1004'];
/** Told in place of a job's state, these are about the job. */
const VERDICTS: readonly ErrorCode[] = ['content_policy_violation', 'provider_rejected'];

const STATUS: StatusWords = {
  pending: ['submitted', 'processing'],
  completed: ['succeed', 'succeeded'],
  failed: ['failed'],
  cancelled: [],
};

export interface Kling {
  readonly connection: Connection;
  readonly bearer: Bearer;
  readonly pollAfterMs: number;
  /** What one of the vendor's units costs, in US dollars; null: unknown. */
  readonly usdPerUnit: number | null;
}

/** After these a job may stand at the vendor all the same: an answer was lost or broken on its way, or an earlier send was carried out. */
const LOOKED_UP: readonly ErrorCode[] = ['outcome_unknown', 'provider_bad_response', 'provider_unavailable', 'provider_rejected'];
const LOOK_UP_MS = 10_000;

/** Creates a job under our operation key, of which the vendor makes one only, and by which it is found when the answer is lost. */
export async function submitJob(kling: Kling, call: MediaCall): Promise<Submission> {
  const { path, body } = await jobRequest(call);
  const accepted = (job: JsonObject): Submission => ({
    state: 'accepted',
    upstreamId: idOf(kling, path, job),
    pollAfterMs: kling.pollAfterMs,
  });
  try {
    return accepted(await ask(kling, () => createJob(kling.connection, call, { path: `v1/${path}`, body })));
  } catch (error) {
    if (!isAppError(error) || !LOOKED_UP.includes(error.code)) throw error;
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LOOK_UP_MS)]);
    const found = await look(kling, signal, path, call.operationKey).catch(() => 'not told' as const);
    // An answer was given, so that no request is on its way any more: there is no job.
    if (found === null) throw unpaid(error);
    if (found === 'not told') throw error;
    return accepted(found);
  }
}

/** The job with our operation key; null when there is none of any kind. */
export async function findJob(kling: Kling, operationKey: string, signal: AbortSignal): Promise<string | null> {
  const looks = await Promise.allSettled(JOB_PATHS.map((path) => look(kling, signal, path, operationKey)));
  const found = looks.findIndex((one) => one.status === 'fulfilled' && one.value !== null);
  const [path, one] = [JOB_PATHS[found], looks[found]];
  if (path !== undefined && one?.status === 'fulfilled' && one.value !== null) return idOf(kling, path, one.value);
  const failed = looks.find((look) => look.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return null;
}

/** Looks at a job. */
export async function pollJob(kling: Kling, job: JobRef): Promise<JobState> {
  const { name } = kling.connection;
  const path = JOB_PATHS.find((candidate) => job.upstreamId.startsWith(`${candidate}/`));
  if (path === undefined) throw new AppError('provider_not_found', `Provider ${name} has no job of this id.`);
  const id = job.upstreamId.slice(path.length + 1);
  let data: JsonObject;
  try {
    data = await lookAtJob(kling, job.signal, path, id);
  } catch (error) {
    if (isAppError(error) && VERDICTS.includes(error.code)) return { state: 'failed', error };
    throw error;
  }
  const status = textOf(data['task_status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'completed') return ended(kling.connection, resultOf(kling, data));
  if (meaning !== 'failed') return pending(kling.connection, status, STATUS, kling);
  const fault = readFault({ code: data['task_status_code'], message: data['task_status_msg'] });
  return { state: 'failed', error: readerOf(kling.connection, CODES).inside(fault, `The job at provider ${name} failed`) };
}

/** A job by its own id or ours; null when the vendor has none. */
async function look(kling: Kling, signal: AbortSignal, path: JobPath, id: string): Promise<JsonObject | null> {
  try {
    const data = await lookAtJob(kling, signal, path, id);
    return textOf(data['task_id']) === undefined ? null : data;
  } catch (error) {
    if (isAppError(error) && error.code === 'provider_not_found') return null;
    throw error;
  }
}

/** One call; `data` of its answer. A token that the vendor takes for invalid is signed anew, once: nothing was begun with it. */
async function ask({ connection, bearer }: Kling, send: () => Promise<JsonObject>): Promise<JsonObject> {
  const once = async () => dataOf(connection, await send());
  try {
    return await once();
  } catch (error) {
    if (!isAppError(error) || !TOKEN_CODES.includes(error.facts.providerCode) || !bearer.renew()) throw error;
    return once();
  }
}

function dataOf(connection: Connection, body: JsonObject): JsonObject {
  const { code, data } = body;
  if (code !== undefined && Number(code) !== 0) throw readerOf(connection, CODES).inside(readFault(body));
  if (isObject(data)) return data;
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered without a job.`);
}

/** The error of an answer whose status says that it failed. */
export function errorOf(named: Pick<Connection, 'name' | 'secrets'>): Required<Dialect>['errorOf'] {
  return (answer, effect) => readerOf(named, CODES).ofAnswer(answer, readFault(parseJson(answer.body)), effect);
}

function idOf({ connection }: Kling, path: JobPath, job: JsonObject): string {
  return `${path}/${requireId(connection, job, 'task_id')}`;
}

function lookAtJob(kling: Kling, signal: AbortSignal, path: JobPath, id: string): Promise<JsonObject> {
  const { connection } = kling;
  return ask(kling, async () =>
    requireObject((await lookAt(connection, { signal }, `v1/${path}/${encodeURIComponent(id)}`)).body, 'a job'),
  );
}

function resultOf({ connection, usdPerUnit }: Kling, data: JsonObject): MediaResult {
  const result = isObject(data['task_result']) ? data['task_result'] : {};
  const listOf = (name: string) => (Array.isArray(result[name]) ? (result[name] as unknown[]).filter(isObject) : []);
  const [videos, images] = [listOf('videos'), listOf('images')];
  const outputs = [...videos, ...images].map((item) => markedOf(connection, item));
  const made = outputs.filter(({ from }) => from !== 'missing').length;
  const seconds = videos.map((video) => Number(video['duration'])).filter((value) => value > 0);
  const units = Number(data['final_unit_deduction'] ?? NaN);
  return {
    outputs,
    usage: { ...NO_USAGE, images: images.length > 0 ? made : 0, seconds: seconds.reduce((sum, value) => sum + value, 0) },
    reportedMicroUsd: usdPerUnit !== null && units >= 0 ? BigInt(Math.round(units * usdPerUnit * 1_000_000)) : null,
  };
}

/** With a mark, when one was asked for: the vendor makes both. */
function markedOf({ name }: Connection, item: JsonObject): ProviderOutput {
  const unknown = () => missing('outcome_unknown', `Provider ${name} did not deliver this result and gave no reason.`);
  return outputOf(item['watermark_url']) ?? outputOf(item['url']) ?? unknown();
}

function codes(code: ErrorCode, numbers: readonly number[]): VendorCodes {
  return Object.fromEntries(numbers.map((number) => [String(number), code]));
}
