import knex from 'knex';
import type { Page, TaskFilter, TaskStore } from '../../../domain/task/store';
import type { Task, TaskStatus } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { taskColumns, taskOf } from './row';
import type { TaskRow } from './row';
import { spanOf } from './span';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

const GET = `select ${taskColumns('$1')} from tasks t where t.id = $1`;
// Hidden tasks are gone for their owner; workflows and administrators still see them.
const GET_OWN = `${GET} and t.team_id = $2 and t.hidden_at is null`;
const GET_MANY = `select ${taskColumns()} from tasks t where t.id = any($1::text[]) and t.id between $2 and $3`;
interface VersionRow {
  readonly id: string;
  readonly version: bigint;
  readonly status: TaskStatus;
  readonly cancel_requested: boolean;
}
const VERSIONS =
  'select id, version, status, cancel_requested_at is not null as cancel_requested from tasks where id = any($1::text[]) and id between $2 and $3';
const BY_KEY = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';

/** The equality filters of a list, by column. */
function equalities(filter: TaskFilter): Readonly<Record<string, string>> {
  const { status, type, model, campaignId, endpoint } = filter;
  const columns = { status, type: type ?? (endpoint === 'videos' ? 'video' : undefined), model, campaign_id: campaignId, endpoint };
  return Object.fromEntries(Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [[`t.${column}`, value]])));
}

function listStatement(filter: TaskFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const query = builder('tasks as t')
    .select(builder.raw(taskColumns()))
    .where({ 't.team_id': filter.teamId, ...equalities(filter) })
    .whereNull('t.hidden_at')
    .orderBy('t.id', filter.order)
    .limit(filter.limit + 1);
  // Says what an index knows: which tasks are open, which one has an external id, and that ids begin with their time.
  if (filter.status === 'queued' || filter.status === 'running') void query.whereNull('t.finished_at');
  if (filter.externalId !== undefined) {
    void query.whereRaw('t.id = (select task_id from external_ids where team_id = ? and external_id = ?)', [
      filter.teamId,
      filter.externalId,
    ]);
  }
  if (filter.createdAfter !== undefined) {
    void query
      .where('t.created_at', '>', filter.createdAfter)
      .whereRaw(`t.id >= task_key(?::timestamptz - interval '1 hour')`, [filter.createdAfter]);
  }
  if (filter.after !== undefined) void query.where('t.id', filter.order === 'asc' ? '>' : '<', filter.after);
  const { sql, bindings } = query.toSQL().toNative();
  return { text: sql, values: bindings };
}

/** The reading half of `TaskStore`. */
export function createTaskReads(
  sql: SqlPool,
): Pick<TaskStore, 'get' | 'getMany' | 'list' | 'versions' | 'findByIdempotencyKey' | 'findUnowned' | 'findStale'> {
  return {
    async get(id, teamId) {
      const rows =
        teamId === null ? await sql.named<TaskRow>('get_task', GET, [id]) : await sql.named<TaskRow>('get_own_task', GET_OWN, [id, teamId]);
      return rows[0] === undefined ? null : taskOf(rows[0]);
    },
    async getMany(ids) {
      return (await sql.named<TaskRow>('get_tasks', GET_MANY, [ids, ...spanOf(ids)])).map(taskOf);
    },
    async list(filter): Promise<Page<Task>> {
      const { text, values } = listStatement(filter);
      const rows = await sql.query<TaskRow>(text, values);
      return { data: rows.slice(0, filter.limit).map(taskOf), hasMore: rows.length > filter.limit };
    },
    async versions(ids) {
      const rows = await sql.named<VersionRow>('task_versions', VERSIONS, [ids, ...spanOf(ids)]);
      return rows.map(({ id, version, status, cancel_requested }) => ({
        id,
        version: Number(version),
        status,
        cancelRequested: cancel_requested,
      }));
    },
    async findByIdempotencyKey(teamId, route, key) {
      const rows = await sql.named<{ task_id: string; request_hash: string }>('task_of_key', BY_KEY, [teamId, route, key]);
      return rows[0] === undefined ? null : { taskId: rows[0].task_id, requestHash: rows[0].request_hash };
    },
    findUnowned: (olderThanMs, limit) =>
      sql.query(
        `select id, operation from tasks where finished_at is null and workflow_id is null
           and created_at < now() - $1::bigint * interval '1 millisecond' order by id limit $2`,
        [olderThanMs, limit],
      ),
    findStale: (olderThanMs, limit) =>
      sql.query(
        `select id, workflow_id as "workflowId" from tasks where finished_at is null and workflow_id is not null
           and updated_at < now() - $1::bigint * interval '1 millisecond' order by id limit $2`,
        [olderThanMs, limit],
      ),
  };
}
