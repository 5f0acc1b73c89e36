import knex from 'knex';
import type { Page, TaskFilter, TaskStore } from '../../../domain/task/store';
import { expiredInput } from '../../../domain/task/retention';
import type { AnsweredTask, Task, TaskStatus, TaskSummary } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { isStored, type TaskContents } from './contents';
import { answeredColumns, summaryColumns, summaryOf, taskColumns } from './row';
import type { AnsweredRow, SummaryRow, TaskRow } from './row';
import { spanOf } from './parameters';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

/** Statements about one task: whoever's, or its owner's, for whom hidden tasks are gone; workflows and administrators still see them. */
function byId(name: string, columns: string) {
  const any = `select ${columns} from tasks t where t.id = $1`;
  return { any: { name, text: any }, own: { name: `own_${name}`, text: `${any} and t.team_id = $2 and t.hidden_at is null` } };
}

const FIND = byId('find_task', summaryColumns('$1'));
const FIND_ANSWERED = byId('find_answered_task', answeredColumns('$1'));
const GET = byId('get_task', taskColumns('$1'));
const FIND_MANY = `select ${summaryColumns()} from tasks t where t.id = any($1::text[]) and t.id between $2 and $3`;
const FIND_INPUT = 'select input from tasks where id = $1 and octet_length(input::text) <= $2';
interface VersionRow {
  readonly id: string;
  readonly version: bigint;
  readonly status: TaskStatus;
  readonly cancel_requested: boolean;
}
const VERSIONS =
  'select id, version, status, cancel_requested_at is not null as cancel_requested from tasks where id = any($1::text[]) and id between $2 and $3';
const BY_KEY = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';

const OPEN_TASK = `id, operation, endpoint, priority, campaign_id as "campaignId", team_name as "teamName", credential_class as "credentialClass"`;
const OVERDUE = `< now() - $1::bigint * interval '1 millisecond' and id > $3 order by id limit $2`;
const UNOWNED = `select ${OPEN_TASK} from tasks where finished_at is null and workflow_id is null and created_at ${OVERDUE}`;
const STALE = `select ${OPEN_TASK}, workflow_id as "workflowId" from tasks where finished_at is null and workflow_id is not null and updated_at ${OVERDUE}`;

/** The equality filters of a list, by column. */
function equalities(filter: TaskFilter): Readonly<Record<string, string | number>> {
  const { teamId, status, type, model, campaignId, endpoint } = filter;
  const columns = {
    team_id: teamId ?? undefined,
    status,
    type: type ?? (endpoint === 'videos' ? 'video' : undefined),
    model,
    campaign_id: campaignId,
    endpoint,
  };
  return Object.fromEntries(Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [[`t.${column}`, value]])));
}

function listStatement(filter: TaskFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const query = builder('tasks as t')
    .select(builder.raw(summaryColumns()))
    .where(equalities(filter))
    .whereNull('t.hidden_at')
    .orderBy('t.id', filter.order)
    .limit(filter.limit + 1);
  // Says what an index knows: which tasks are open, which one has an external id, and that ids begin with their time.
  if (filter.status === 'queued' || filter.status === 'running') void query.whereNull('t.finished_at');
  if (filter.externalId !== undefined) {
    const { teamId, externalId } = filter;
    if (teamId === null) void query.whereRaw('t.id in (select task_id from external_ids where external_id = ?)', [externalId]);
    else void query.whereRaw('t.id = (select task_id from external_ids where team_id = ? and external_id = ?)', [teamId, externalId]);
  }
  if (filter.template !== undefined) {
    const { name, version } = filter.template;
    void query.whereRaw(`t.request ->> 'template' = ?`, [name]);
    if (version !== undefined) void query.whereRaw(`(t.request ->> 'template_version')::int = ?`, [version]);
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
  contents: TaskContents,
): Pick<
  TaskStore,
  'find' | 'findAnswered' | 'findInput' | 'get' | 'findMany' | 'list' | 'versions' | 'findByIdempotencyKey' | 'findUnowned' | 'findStale'
> {
  async function read<Row extends SummaryRow>(statement: ReturnType<typeof byId>, id: string, teamId: number | null): Promise<Row | null> {
    const { name, text } = teamId === null ? statement.any : statement.own;
    return (await sql.named<Row>(name, text, teamId === null ? [id] : [id, teamId]))[0] ?? null;
  }

  async function answeredOf(row: AnsweredRow): Promise<AnsweredTask> {
    const task = summaryOf(row);
    const isGone = task.contentsExpiredAt !== null || row.text_result === null;
    return { ...task, textResult: isGone ? null : await contents.load(row.text_result) };
  }

  return {
    async find(id, teamId) {
      const row = await read(FIND, id, teamId);
      return row === null ? null : summaryOf(row);
    },
    async findAnswered(id, teamId) {
      const row = await read<AnsweredRow>(FIND_ANSWERED, id, teamId);
      return row === null ? null : answeredOf(row);
    },
    async get(id, teamId, onStored): Promise<Task | null> {
      const row = await read<TaskRow>(GET, id, teamId);
      if (row === null) return null;
      if (onStored !== undefined) {
        const bytes = storedBytes(row.input) + storedBytes(row.text_result);
        if (bytes > 0) onStored(bytes);
      }
      const task = await answeredOf(row);
      return { ...task, input: task.contentsExpiredAt === null ? await contents.load(row.input) : expiredInput(task) };
    },
    async findInput(id, mostBytes) {
      const [row] = await sql.named<Pick<TaskRow, 'input'>>('find_input', FIND_INPUT, [id, mostBytes]);
      return row === undefined || isStored(row.input) ? null : row.input;
    },
    async findMany(ids) {
      return (await sql.named<SummaryRow>('find_tasks', FIND_MANY, [ids, ...spanOf(ids)])).map(summaryOf);
    },
    async list(filter): Promise<Page<TaskSummary>> {
      const { text, values } = listStatement(filter);
      const rows = await sql.query<SummaryRow>(text, values);
      return { data: rows.slice(0, filter.limit).map(summaryOf), hasMore: rows.length > filter.limit };
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
    findUnowned: (olderThanMs, limit, after) => sql.query(UNOWNED, [olderThanMs, limit, after ?? '']),
    findStale: (olderThanMs, limit, after) => sql.query(STALE, [olderThanMs, limit, after ?? '']),
  };
}

function storedBytes(kept: object | null): number {
  return kept !== null && isStored(kept) ? kept.bytes : 0;
}
