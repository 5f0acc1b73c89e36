import knex from 'knex';
import { isFoundByRecords, type TaskChoice, type TaskFilter } from '../../../domain/task/choice';
import type { Page, TaskStore } from '../../../domain/task/store';
import { isTerminal, type TaskStatus, type TaskSummary } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { spanOf, storable } from './parameters';
import { countRecords, findRecords } from './records';
import { summaryColumns, summaryOf, type SummaryRow } from './row';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

/** Prompts are shown by their beginning, in characters. */
const SHOWN_PROMPT = 300;
const PROMPTS = `
  select id, left(prompt_of(input), ${String(SHOWN_PROMPT)}) as prompt from tasks
  where id = any($1::text[]) and id between $2 and $3 and contents_expired_at is null`;

/** The equality filters that are columns of a task. */
function equalities(choice: TaskChoice): Readonly<Record<string, string | number>> {
  const { teamId, type, model, campaignId, endpoint } = choice;
  const columns = {
    team_id: teamId ?? undefined,
    type: type ?? (endpoint === 'videos' ? 'video' : undefined),
    model,
    campaign_id: campaignId,
    endpoint,
  };
  return Object.fromEntries(Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [[`t.${column}`, value]])));
}

/** The list by the columns and indexes of `tasks` alone. */
function listStatement(filter: TaskFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const { statuses, ids } = filter;
  const query = builder('tasks as t')
    .select(builder.raw(summaryColumns()))
    .where(equalities(filter))
    .whereNull('t.hidden_at')
    .orderBy('t.id', filter.order)
    .limit(filter.limit + 1);
  const [status] = statuses ?? [];
  if (statuses?.length === 1 && status !== undefined) void query.where('t.status', status);
  else if (statuses !== undefined) void query.whereIn('t.status', statuses);
  // Says what an index knows: which tasks are open, which one has an external id, and that ids begin with their time.
  if (statuses !== undefined && !statuses.some(isTerminal)) void query.whereNull('t.finished_at');
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
      // Times are shown to the millisecond: the task that one was read of is not after it.
      .whereRaw(`date_trunc('milliseconds', t.created_at) > ?`, [filter.createdAfter])
      .whereRaw(`t.id >= task_key(?::timestamptz - interval '1 hour')`, [filter.createdAfter]);
  }
  if (filter.createdBefore !== undefined) {
    void query
      .where('t.created_at', '<', filter.createdBefore)
      .whereRaw(`t.id <= task_key(?::timestamptz + interval '1 hour')`, [filter.createdBefore]);
  }
  if (ids !== undefined) void query.whereRaw('t.id = any(?::text[])', [ids.map(storable)]).whereBetween('t.id', [...spanOf(ids)]);
  if (filter.after !== undefined) void query.where('t.id', filter.order === 'asc' ? '>' : '<', filter.after);
  const { sql, bindings } = query.toSQL().toNative();
  return { text: sql, values: bindings };
}

const FOUND = `select ${summaryColumns()} from tasks t where t.id = any($1::text[]) and t.id between $2 and $3 and t.hidden_at is null`;

/** The lists of `TaskStore`. */
export function createTaskList(sql: SqlPool): Pick<TaskStore, 'list' | 'count' | 'prompts'> {
  return {
    async list(filter): Promise<Page<TaskSummary>> {
      const { limit, order } = filter;
      if (isFoundByRecords(filter)) {
        const found = await findRecords(sql, filter);
        const ids = found.slice(0, limit);
        const rows = await sql.named<SummaryRow>('found_tasks', FOUND, [ids, ...spanOf(ids)]);
        const tasks = rows.map(summaryOf).sort((one, other) => (one.id < other.id ? -1 : 1));
        return { data: order === 'asc' ? tasks : tasks.reverse(), hasMore: found.length > limit };
      }
      const { text, values } = listStatement(filter);
      const rows = await sql.query<SummaryRow>(text, values);
      return { data: rows.slice(0, limit).map(summaryOf), hasMore: rows.length > limit };
    },
    async count(choice) {
      const { rows, isComplete } = await countRecords(sql, choice);
      return { byStatus: new Map<TaskStatus, number>(rows.map(({ status, count }) => [status, count])), isComplete };
    },
    async prompts(ids) {
      const rows = await sql.named<{ id: string; prompt: string | null }>('task_prompts', PROMPTS, [ids, ...spanOf(ids)]);
      return new Map(rows.flatMap(({ id, prompt }) => (prompt === null || prompt === '' ? [] : [[id, prompt] as const])));
    },
  };
}
