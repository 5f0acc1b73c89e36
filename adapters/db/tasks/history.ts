import type { FailedRun, HistoryStore, KeptHistory, UnkeptRun } from '../../../domain/task/history';
import type { SqlPool } from '../connection/pool';
import { spanOf } from './parameters';

/** The workflow of a task: the one that adopted it, the one named at admission, or (media) the one with the task's id. */
const WORKFLOW = `coalesce(t.workflow_id, t.planned_workflow_id, case when t.operation in ('image', 'video') then t.id end)`;
const HAS_RUN = 't.error is not null and not t.refused';

const UNKEPT = `
  select t.id as "taskId", ${WORKFLOW} as "workflowId", t.finished_at as "endedAt" from tasks t
  where ${HAS_RUN} and t.history_kept_at is null and not coalesce(${WORKFLOW}, '') = any($2::text[])
  order by t.finished_at limit $1`;

const KEEP = `
  with kept as (
    insert into histories (task_id, workflow_id, workflow_type, run_id, key, complete)
    select id, $2, $3, $4, $5, $6::boolean from unnest($1::text[]) as id order by id
    on conflict (task_id) do update set workflow_id = excluded.workflow_id, workflow_type = excluded.workflow_type, run_id = excluded.run_id,
      key = excluded.key, complete = histories.complete or excluded.complete, kept_at = now()
  )
  update tasks set history_kept_at = now() where id = any($1::text[]) and id between $7 and $8 and history_kept_at is null`;

const FAILED = `
  select t.id as "taskId", ${WORKFLOW} as "workflowId" from tasks t
  where ${HAS_RUN} and t.status in ('failed', 'expired') and ($1::int is null or (t.team_id = $1 and t.hidden_at is null)) and t.id > $2
  order by t.id limit $3`;

/** What the archive of histories holds. */
export function createHistoryStore(sql: SqlPool): HistoryStore {
  return {
    findUnkept: (limit, except) => sql.query<UnkeptRun>(UNKEPT, [limit, except]),
    async findIncomplete(olderThanMs, limit) {
      const rows = await sql.query<{ id: string }>(
        `select workflow_id as id from histories where not complete and kept_at < now() - $1::bigint * interval '1 millisecond'
         group by workflow_id order by min(kept_at) limit $2`,
        [olderThanMs, limit],
      );
      return rows.map((row) => row.id);
    },
    async keep(taskIds, run, key) {
      await sql.query(KEEP, [taskIds, run.workflowId, run.workflowType, run.runId, key, run.isClosed, ...spanOf(taskIds)]);
    },
    async complete(workflowId) {
      await sql.query('update histories set complete = true, kept_at = now() where workflow_id = $1 and not complete', [workflowId]);
    },
    async giveUp(taskIds) {
      await sql.query(
        'update tasks set history_kept_at = now() where id = any($1::text[]) and id between $2 and $3 and history_kept_at is null',
        [taskIds, ...spanOf(taskIds)],
      );
    },
    async get(taskId) {
      const [row] = await sql.query<KeptHistory>(
        `select task_id as "taskId", workflow_id as "workflowId", workflow_type as "workflowType", run_id as "runId", key,
           complete as "isClosed" from histories where task_id = $1`,
        [taskId],
      );
      return row ?? null;
    },
    async listFailed({ teamId, after = '', limit }) {
      const rows = await sql.query<FailedRun>(FAILED, [teamId, after, limit + 1]);
      return { data: rows.slice(0, limit), hasMore: rows.length > limit };
    },
  };
}
