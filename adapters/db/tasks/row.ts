import { isErrorCode } from '../../../domain/errors';
import { withoutContents } from '../../../domain/task/retention';
import type { StoredContent } from '../../../domain/task/contents';
import type { GenerationInput } from '../../../domain/task/generation';
import type { Asset, Attempt, CostLine, Task, TaskError, TaskSummary, TextResult } from '../../../domain/task/task';

/** Rows as the queries of this folder give them, and the domain's objects made of them. */

/** Columns of an attempt inside a task's JSON; bigint as text, times as ISO text. */
export const ATTEMPT_JSON = `json_build_object('n', a.n, 'provider', a.provider, 'model', a.model, 'startedAt', a.started_at, 'endedAt', a.ended_at,
  'outcome', a.outcome, 'errorCode', a.error_code, 'upstreamId', a.upstream_id, 'costMicroUsd', a.cost::text,
  'instanceId', a.instance_id, 'delivered', a.delivered, 'error', a.error, 'key', a.key, 'served', a.served)`;

/** When the retention of an ended task's contents ended, null before: readers do not wait for the housekeeping. `t` is the task's alias. */
export const CONTENTS_EXPIRED_AT = `coalesce(t.contents_expired_at, contents_over(t.team_id, t.credential_class, t.finished_at, t.id, t.campaign_id))`;

const assetJson = (
  taskExpiredAt: string,
): string => `json_build_object('id', o.id, 'teamId', o.team_id, 'taskId', o.task_id, 'index', o.index, 'kind', o.kind, 'key', o.key,
  'thumbnailKey', o.thumbnail_key, 'contentType', o.content_type, 'width', o.width, 'height', o.height, 'durationS', o.duration_s,
  'bytes', o.bytes, 'sha256', o.sha256, 'revisedPrompt', o.revised_prompt, 'createdAt', o.created_at,
  'contentsExpiredAt', coalesce(o.contents_expired_at, ${taskExpiredAt}))`;

/** Columns of an asset as JSON, for a table alias `o`. */
export const ASSET_JSON = assetJson(`(select ${CONTENTS_EXPIRED_AT} from tasks t where t.id = o.task_id)`);

/**
 * A task without its contents in one row, for a table alias `t`: nothing of it is out of line, however large the contents are.
 * @param id - the task's id; the parameter of a statement about one task lets Postgres plan for one partition
 */
export const summaryColumns = (
  id = 't.id',
): string => `t.id, t.version, t.type, t.operation, t.endpoint, t.model, t.status, t.phase, t.progress, t.created_at, t.started_at,
  t.finished_at, t.output, t.team_id, t.team_name, t.credential_id, t.credential_name, t.credential_class, t.external_id, t.metadata,
  t.callback_url, t.priority, t.deadline_at, t.replay_of, t.campaign_id, t.estimated, t.held, t.actual, t.refunded, t.settled_at, t.cost_lines, t.usage,
  t.error, t.request ->> 'template' as template, (t.request ->> 'template_version')::int as template_version, t.cancel_requested_at, coalesce(t.workflow_id, t.planned_workflow_id) as workflow_id, t.skipped_routes, t.routing,
  ${CONTENTS_EXPIRED_AT} as contents_expired_at,
  (select json_agg(${ATTEMPT_JSON} order by a.n) from attempts a where a.task_id = ${id}) as attempts,
  (select json_agg(${assetJson(CONTENTS_EXPIRED_AT)} order by o.index) from assets o where o.task_id = ${id} and o.index is not null) as outputs`;

/** As `summaryColumns`, with the answer of a text. */
export const answeredColumns = (id: string): string => `t.text_result, ${summaryColumns(id)}`;

/** As `answeredColumns`, with the input. */
export const taskColumns = (id: string): string => `t.input, ${answeredColumns(id)}`;

/** An object as it comes out of JSON: times are text, and so are amounts. */
type FromJson<T> = {
  readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] extends bigint ? string : T[K];
};

export type AttemptJson = FromJson<Attempt>;
export type AssetJson = FromJson<Omit<Asset, 'contentsExpiredAt'>> & { readonly contentsExpiredAt: string | null };

export interface SummaryRow {
  readonly id: string;
  readonly version: bigint;
  readonly type: Task['type'];
  readonly operation: Task['operation'];
  readonly endpoint: Task['endpoint'];
  readonly model: string;
  readonly status: Task['status'];
  readonly phase: Task['phase'];
  readonly progress: number;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly output: Task['output'];
  readonly team_id: number;
  readonly team_name: string;
  readonly credential_id: number;
  readonly credential_name: string;
  readonly credential_class: Task['credentialClass'];
  readonly external_id: string | null;
  readonly metadata: Task['metadata'];
  readonly callback_url: string | null;
  readonly priority: Task['priority'];
  readonly deadline_at: Date | null;
  readonly replay_of: string | null;
  readonly campaign_id: string | null;
  readonly template: string | null;
  readonly template_version: number | null;
  readonly estimated: bigint;
  readonly held: bigint;
  readonly actual: bigint | null;
  readonly refunded: bigint;
  readonly settled_at: Date | null;
  readonly cost_lines: readonly CostLine[] | null;
  readonly usage: Task['usage'];
  readonly error: TaskError | null;
  readonly cancel_requested_at: Date | null;
  readonly workflow_id: string | null;
  readonly skipped_routes: Task['skippedRoutes'];
  readonly routing: Task['routing'];
  readonly contents_expired_at: Date | null;
  readonly attempts: readonly AttemptJson[] | null;
  readonly outputs: readonly AssetJson[] | null;
}

export interface AnsweredRow extends SummaryRow {
  readonly text_result: TextResult | StoredContent | null;
}

export interface TaskRow extends AnsweredRow {
  readonly input: GenerationInput | StoredContent;
}

function dateOrNull(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

export function attemptOf(json: AttemptJson): Attempt {
  return {
    ...json,
    startedAt: new Date(json.startedAt),
    endedAt: dateOrNull(json.endedAt),
    // A code that this version does not know comes from a newer one.
    errorCode: json.errorCode === null || isErrorCode(json.errorCode) ? json.errorCode : 'internal',
    costMicroUsd: BigInt(json.costMicroUsd),
  };
}

export function assetOf({ contentsExpiredAt, ...json }: AssetJson): Asset {
  return {
    ...json,
    createdAt: new Date(json.createdAt),
    ...(contentsExpiredAt === null ? {} : { contentsExpiredAt: new Date(contentsExpiredAt) }),
  };
}

/** The task of a row; nothing of its contents is left once their retention has passed. */
export function summaryOf(row: SummaryRow): TaskSummary {
  const task = storedSummaryOf(row);
  return task.contentsExpiredAt === null ? task : withoutContents(task);
}

function storedSummaryOf(row: SummaryRow): TaskSummary {
  return {
    id: row.id,
    version: Number(row.version),
    type: row.type,
    operation: row.operation,
    endpoint: row.endpoint,
    model: row.model,
    status: row.status,
    phase: row.phase,
    progress: row.progress,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    output: row.output,
    teamId: row.team_id,
    teamName: row.team_name,
    credentialId: row.credential_id,
    credentialName: row.credential_name,
    credentialClass: row.credential_class,
    externalId: row.external_id,
    metadata: row.metadata,
    callbackUrl: row.callback_url,
    priority: row.priority,
    deadlineAt: row.deadline_at,
    replayOf: row.replay_of,
    campaignId: row.campaign_id,
    template: row.template === null ? null : { name: row.template, version: row.template_version ?? 0 },
    estimatedMicroUsd: row.estimated,
    reservedMicroUsd: row.held,
    actualMicroUsd: row.actual,
    ...(row.refunded === 0n ? {} : { refundedMicroUsd: row.refunded }),
    settledAt: row.settled_at,
    costLines: row.cost_lines ?? [],
    usage: row.usage,
    error: row.error,
    cancelRequestedAt: row.cancel_requested_at,
    workflowId: row.workflow_id,
    skippedRoutes: row.skipped_routes,
    routing: row.routing,
    contentsExpiredAt: row.contents_expired_at,
    attempts: (row.attempts ?? []).map(attemptOf),
    outputs: (row.outputs ?? []).map(assetOf),
  };
}
