import { setTimeout as pause } from 'node:timers/promises';
import type { CredentialClass } from '../../../domain/access/classes';
import type { BodyState } from '../../../domain/records/bodies';
import type { Call, CallFilter, CallPage, CallStore, CallWithoutRun } from '../../../domain/records/call';
import { answeredStatus } from '../../../domain/records/http-status';
import type { Page } from '../../../domain/task/store';
import type { Usage } from '../../../domain/task/generation';
import type { TerminalStatus } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { storableJson } from '../tasks/parameters';
import { conditionsOf } from './call-conditions';
import { countCalls, forgetCounts } from './call-counts';

/** Ends that one turn takes in: a few hundred milliseconds of work. */
const TURN = 2_000;
/** How long a reader waits for what was committed before it came. */
const READER_PATIENCE_MS = 2_000;
const LOOK_AGAIN_MS = 10;

const RECORD = 'select recorded, horizon from record_calls($1)';
const KEEP = 'insert into call_inbox (call) select json_array_elements($1::json)';

interface CallRow {
  readonly id: string;
  readonly task_id: string | null;
  readonly requested: boolean;
  readonly endpoint: string;
  readonly credential: string | null;
  readonly class: CredentialClass;
  readonly project: string | null;
  readonly team: string | null;
  readonly member: string | null;
  readonly campaign_id: string | null;
  readonly client: string | null;
  readonly ip: string | null;
  readonly stream: boolean;
  readonly model: string;
  readonly served_model: string | null;
  readonly provider: string | null;
  readonly attempts: number;
  readonly fallback: boolean;
  readonly status: TerminalStatus;
  readonly http_status: number | null;
  readonly error_code: string | null;
  readonly usage: Usage | null;
  readonly cost: bigint;
  readonly queue_ms: number | null;
  readonly first_token_ms: number | null;
  readonly total_ms: number | null;
  readonly bodies: BodyState;
}

function rowOf(call: CallWithoutRun) {
  return {
    id: call.id,
    task_id: call.taskId,
    endpoint: call.endpoint,
    team_id: call.teamId,
    credential_id: call.credentialId,
    class: call.credentialClass,
    project_id: call.projectId,
    member_id: call.memberId,
    modality: call.modality,
    client: call.client,
    ip: call.ip,
    stream: call.stream,
    model: call.model,
    template: call.template,
    status: call.status,
    http_status: call.httpStatus,
    error_code: call.errorCode,
    total_ms: Math.round(call.totalMs),
  };
}

function callOf(row: CallRow): Call {
  const facts = {
    status: row.status,
    errorCode: row.error_code,
    stream: row.stream,
    firstTokenMs: row.first_token_ms,
    totalMs: row.total_ms,
  };
  return {
    ...facts,
    id: row.id,
    at: new Date(Number.parseInt(row.id.slice(5, 17), 16)),
    requestId: row.requested ? `req_${row.id.slice(5)}` : null,
    taskId: row.task_id,
    endpoint: row.endpoint,
    credential: row.credential,
    class: row.class,
    project: row.project,
    team: row.team,
    member: row.member,
    campaignId: row.campaign_id,
    client: row.client,
    ip: row.ip,
    model: row.model,
    servedModel: row.served_model,
    provider: row.provider,
    attempts: row.attempts,
    fallback: row.fallback,
    httpStatus: row.requested ? (row.http_status ?? answeredStatus(facts)) : null,
    usage: row.usage,
    costMicroUsd: row.cost,
    queueMs: row.queue_ms,
    bodies: row.bodies,
  };
}

async function list(sql: SqlPool, filter: CallFilter, { after, limit }: CallPage): Promise<Page<Call>> {
  const conditions = await conditionsOf(sql, filter);
  if (conditions === null) return { data: [], hasMore: false };
  const { where, values } = conditions;
  if (after !== undefined) {
    values.push(after);
    where.push(`c.id < $${String(values.length)}`);
  }
  const rows = await sql.query<CallRow>(
    `select c.*, k.name as credential, p.name as project, t.name as team, u.email as member,
       case when bodies_end(b.created_at, b.expires_at, t.log_bodies, t.retention_days) > now() then
         case when b.key is null then 'too_large' else 'kept' end end as bodies
     from (select * from calls c ${where.length === 0 ? '' : `where ${where.join(' and ')}`} order by c.id desc limit ${String(limit + 1)}) as c
     left join credentials k on k.id = c.credential_id left join projects p on p.id = c.project_id
     left join teams t on t.id = c.team_id left join users u on u.id = c.member_id
     left join call_bodies b on b.call_id = c.id order by c.id desc`,
    values,
  );
  return { data: rows.slice(0, limit).map(callOf), hasMore: rows.length > limit };
}

/** The call log in Postgres; what a turn does is the function `record_calls`. */
export function createCallStore(sql: SqlPool): CallStore {
  async function record(): ReturnType<CallStore['record']> {
    const [turn] = await sql.named<{ recorded: number; horizon: string }>('record_calls', RECORD, [TURN]);
    if (turn === undefined) throw new Error('record_calls answered nothing');
    // What it takes in has several sources, each bounded by TURN.
    return { ...turn, hasMore: turn.recorded >= TURN };
  }

  return {
    async keep(calls) {
      if (calls.length > 0) await sql.named('keep_calls', KEEP, [storableJson(calls.map(rowOf))]);
    },
    record,
    async catchUp() {
      const [now] = await sql.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
      const until = performance.now() + READER_PATIENCE_MS;
      for (;;) {
        const { hasMore, horizon } = await record();
        const isAllIn = BigInt(horizon) >= BigInt(now?.next ?? '0') && !hasMore;
        if (isAllIn || performance.now() > until) return;
        if (!hasMore) await pause(LOOK_AGAIN_MS);
      }
    },
    list: (filter, page) => list(sql, filter, page),
    histogram: (filter, interval) => countCalls(sql, filter, interval),
    async dropBefore(before) {
      const [dropped] = await sql.query<{ count: number }>('select drop_calls($1) as count', [before]);
      await forgetCounts(sql);
      return dropped?.count ?? 0;
    },
  };
}
