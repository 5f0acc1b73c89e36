import { AppError } from '../../../domain/errors';
import type { BeginOutcome, TaskStore } from '../../../domain/task/store';
import type { TerminalStatus } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { attemptOf, ATTEMPT_JSON } from './row';
import type { AttemptJson } from './row';
import { jsonOrNull, spanOf, storableOrNull } from './parameters';

/**
 * Rows are locked in the order of ids, as everywhere, so that two groups cannot wait for each other. A workflow with the task's own id takes it
 * from the group that was to own it.
 */
const ADOPT = `
  with orphan as (select id from tasks where id = any($1::text[]) and id between $3 and $4
         and (workflow_id is null or (id = $2 and workflow_id = planned_workflow_id)) order by id for update),
       adopted as (update tasks set workflow_id = $2, updated_at = now() from orphan where tasks.id = orphan.id
         and tasks.id between $3 and $4 returning tasks.id)
  select id from adopted union select id from tasks where id = any($1::text[]) and id between $3 and $4 and workflow_id = $2`;

/** Answers of `begin_attempt`. */
type BeginText =
  'begun' | 'exists' | 'missing' | 'stop:cancelled' | 'stop:expired' | 'stop:credential_frozen' | `full:${number}` | TerminalStatus;
const BEGIN = 'select begin_attempt($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as outcome';
const ATTEMPT = `select ${ATTEMPT_JSON} as attempt from attempts a where a.task_id = $1 and a.n = $2`;

/** Announces a change of tasks nobody holds a connection for; ends every statement below. */
const ANNOUNCE = `select pg_notify('atelier_task', id) from changed where is_announced(endpoint)`;

// The task is locked before its attempt, as by a settlement.
const END = `
  with task as materialized (
    select id from tasks where id = $1 for update
  ), ended as (
    update attempts a set outcome = $3, error_code = $4, upstream_id = coalesce($5, a.upstream_id), cost = $6::bigint,
                          error = $7::json, ended_at = case when $3 = 'accepted' then null else now() end
    from task
    where a.task_id = task.id and a.n = $2 and a.ended_at is null
      and (a.outcome, a.upstream_id, a.error::text) is distinct from ($3, coalesce($5, a.upstream_id), $7::json::text)
    returning a.task_id
  ), changed as (
    update tasks set version = version + 1, updated_at = now(), phase = coalesce($8, phase),
                     progress = greatest(progress, least(coalesce($9::float8, 0), 0.99))
    from ended where id = ended.task_id and finished_at is null returning id, endpoint
  ) ${ANNOUNCE}`;

const PROGRESS = `
  with changed as (
    update tasks set version = version + 1, updated_at = now(), phase = $2, progress = greatest(progress, least($3::float8, 0.99))
    where id = $1 and finished_at is null and (phase, progress) is distinct from ($2, greatest(progress, least($3::float8, 0.99)))
    returning id, endpoint
  ) ${ANNOUNCE}`;

// What the attempt cost its provider's bill is booked with the task that bought it.
const ADOPT_DELIVERED = `
  with task as materialized (
    select id from tasks where id = $1 and finished_at is null for update
  ), adopted as (
    insert into attempts (task_id, n, provider, model, key, served, started_at, ended_at, outcome, upstream_id, delivered)
    select task.id, 1, a.provider, a.model, a.key, a.served, a.started_at, coalesce(a.ended_at, now()), 'succeeded', a.upstream_id, a.delivered
    from task, attempts a
    where a.task_id = $2 and a.delivered is not null and not exists (select 1 from attempts own where own.task_id = task.id)
    order by a.n desc limit 1
    on conflict do nothing returning task_id
  ), changed as (
    update tasks set version = version + 1, status = 'running', phase = 'storing', updated_at = now(), started_at = coalesce(started_at, now())
    from adopted where id = adopted.task_id returning id, endpoint
  ) ${ANNOUNCE}`;

const CANCEL = `
  with changed as (
    update tasks set version = version + case when cancel_requested_at is null then 1 else 0 end,
                     updated_at = now(), cancel_requested_at = coalesce(cancel_requested_at, now())
    where id = $1 and finished_at is null returning id, endpoint
  ) select pg_notify('atelier_cancel', id), case when is_announced(endpoint) then pg_notify('atelier_task', id) end from changed`;

const HIDE = `
  with hidden as (
    update tasks set hidden_at = now() where id = $1 and finished_at is not null and hidden_at is null returning id
  ) delete from task_records where id = (select id from hidden)`;

function isFull(outcome: BeginText): outcome is `full:${number}` {
  return outcome.startsWith('full:');
}

/** What happens to a task between its admission and its settlement. */
export function createTaskProgress(
  sql: SqlPool,
): Pick<
  TaskStore,
  | 'adopt'
  | 'passRate'
  | 'beginAttempt'
  | 'releaseAttempt'
  | 'endAttempt'
  | 'recordDelivered'
  | 'endLateJob'
  | 'adoptDelivered'
  | 'setProgress'
  | 'requestCancel'
  | 'hide'
> {
  return {
    async adopt(ids, workflowId) {
      const rows = await sql.named<{ id: string }>('adopt_tasks', ADOPT, [ids, workflowId, ...spanOf(ids)]);
      return rows.map((row) => row.id);
    },
    async passRate(id) {
      const [row] = await sql.named<{ again_ms: number | null }>('pass_rate', 'select pass_rate($1) as again_ms', [id]);
      return row?.again_ms ?? null;
    },
    async beginAttempt({ taskId, n, provider, model, key, served, instanceId, deadlineAt, turn }): Promise<BeginOutcome> {
      const { concurrent = null, requestsPerMinute = null } = turn?.limits ?? {};
      const place = [turn?.rank ?? null, concurrent, requestsPerMinute];
      const values = [taskId, n, provider, model, key ?? null, served ?? null, instanceId, deadlineAt ?? null, ...place];
      const rows = await sql.named<{ outcome: BeginText }>('begin_attempt', BEGIN, values);
      const outcome = rows[0]?.outcome ?? 'missing';
      if (outcome === 'begun') return { kind: 'begun' };
      if (outcome === 'stop:cancelled') return { kind: 'stopped', code: 'cancelled' };
      if (outcome === 'stop:expired') return { kind: 'stopped', code: 'expired' };
      if (outcome === 'stop:credential_frozen') return { kind: 'stopped', code: 'credential_frozen' };
      if (outcome === 'missing') throw new AppError('not_found', `There is no task ${taskId}.`);
      if (isFull(outcome)) return { kind: 'full', againMs: Number(outcome.slice('full:'.length)) };
      if (outcome !== 'exists') return { kind: 'ended', status: outcome };
      const [found] = await sql.named<{ attempt: AttemptJson }>('get_attempt', ATTEMPT, [taskId, n]);
      if (found === undefined) throw new AppError('not_found', `Task ${taskId} has no attempt ${String(n)}.`);
      return { kind: 'exists', attempt: attemptOf(found.attempt) };
    },
    async releaseAttempt({ taskId, n, instanceId }) {
      const mine = 'task_id = $1 and n = $2 and instance_id = $3 and ended_at is null';
      await sql.query(`update attempts set instance_id = null where ${mine}`, [taskId, n, instanceId]);
    },
    async endAttempt({ taskId, n, outcome, errorCode, upstreamId, costMicroUsd, error }, standing) {
      await sql.named('end_attempt', END, [
        taskId,
        n,
        outcome,
        errorCode,
        storableOrNull(upstreamId),
        costMicroUsd,
        jsonOrNull(error ?? null),
        standing?.phase ?? null,
        standing?.progress ?? null,
      ]);
    },
    async recordDelivered(taskId, n, delivered) {
      await sql.query('update attempts set delivered = $3::json where task_id = $1 and n = $2', [taskId, n, jsonOrNull(delivered)]);
    },
    async endLateJob({ taskId, n, outcome, error, costMicroUsd, outputs, isFree }) {
      const values = [taskId, n, outcome, error?.code ?? null, jsonOrNull(error), costMicroUsd, outputs, isFree];
      await sql.query('select end_late_job($1, $2, $3, $4, $5, $6, $7, $8)', values);
    },
    async adoptDelivered(taskId, fromTaskId) {
      await sql.query(ADOPT_DELIVERED, [taskId, fromTaskId]);
    },
    async setProgress(id, phase, progress) {
      await sql.named('set_progress', PROGRESS, [id, phase, progress]);
    },
    async requestCancel(id) {
      return (await sql.query(CANCEL, [id])).length > 0;
    },
    async hide(id) {
      await sql.query(HIDE, [id]);
    },
  };
}
