import type { TaskStore } from '../../../domain/task/store';
import { expiredInput } from '../../../domain/task/retention';
import type { AnsweredTask, QueuePlace, Task, TaskStatus } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { isStored, type TaskContents } from './contents';
import { answeredColumns, summaryColumns, summaryOf, taskColumns } from './row';
import type { AnsweredRow, SummaryRow, TaskRow } from './row';
import { spanOf } from './parameters';
import { LIVES } from '../upkeep/instances';

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
/** Few wait: the table holds the purchases of limited providers that are under way. */
const PLACE = `
  select position::int as position, (waiting - position)::int as "aheadOf" from (
    select task_id, row_number() over turns as position, count(*) over (partition by provider) as waiting
    from provider_turns where not is_taken window turns as (partition by provider order by rank, asked_at, task_id)
  ) as turn where task_id = $1`;
const BY_KEY = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';

const OPEN_TASK = `id, operation, endpoint, priority, campaign_id as "campaignId", team_name as "teamName", credential_class as "credentialClass"`;
const OVERDUE = `< now() - $1::bigint * interval '1 millisecond' and id > $3 order by id limit $2`;
/** For its first minute a call that a living process makes is left to it, as its group may be late where processors are short. */
const IS_CALLED = `created_at > now() - interval '1 minute' and exists (
  select from attempts a join instances on instances.id = a.instance_id where a.task_id = tasks.id and a.ended_at is null and (${LIVES}))`;
const UNOWNED = `select ${OPEN_TASK} from tasks where finished_at is null and workflow_id is null and not (${IS_CALLED}) and created_at ${OVERDUE}`;
const STALE = `select ${OPEN_TASK}, workflow_id as "workflowId" from tasks where finished_at is null and workflow_id is not null and updated_at ${OVERDUE}`;

/** The reading half of `TaskStore`. */
export function createTaskReads(
  sql: SqlPool,
  contents: TaskContents,
): Pick<
  TaskStore,
  | 'find'
  | 'findAnswered'
  | 'findInput'
  | 'get'
  | 'queuePlace'
  | 'findMany'
  | 'versions'
  | 'findByIdempotencyKey'
  | 'findUnowned'
  | 'findStale'
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
    async queuePlace(id) {
      return (await sql.named<QueuePlace>('queue_place', PLACE, [id]))[0] ?? null;
    },
    async findMany(ids) {
      return (await sql.named<SummaryRow>('find_tasks', FIND_MANY, [ids, ...spanOf(ids)])).map(summaryOf);
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
