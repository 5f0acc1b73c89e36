import knex from 'knex';
import type { Callback, CallbackAttempt, CallbackFilter, CallbackStore, TryVerdict } from '../../../domain/events/callback';
import type { SqlPool } from '../connection/pool';
import { storableJson } from '../tasks/parameters';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

const COLUMNS = `c.id, c.type, c.task_id, c.campaign_id, c.team_id, c.url, c.status, c.created_at, c.next_attempt_at, c.attempts,
  (select name from teams where teams.id = c.team_id) as team_name`;

type AttemptJson = Omit<CallbackAttempt, 'at'> & { readonly at: string };

interface CallbackRow {
  readonly id: string;
  readonly type: Callback['type'];
  readonly task_id: string | null;
  readonly campaign_id: string | null;
  readonly team_id: number;
  readonly team_name: string;
  readonly url: string;
  readonly status: Callback['status'];
  readonly created_at: Date;
  readonly next_attempt_at: Date | null;
  readonly attempts: readonly AttemptJson[];
}

interface TurnRow extends CallbackRow {
  readonly round: number;
  readonly tries: number;
  readonly elapsed_ms: number;
}

interface StandingRow {
  readonly status: Callback['status'];
  readonly due_in_ms: number | null;
}

const STANDING = `c.status, (extract(epoch from c.next_attempt_at - now()) * 1000)::float8 as due_in_ms`;

/** $1 id, $2 round, $3 attempts to add, $4 length of the log, $5 status, $6 milliseconds to the next try, $7 tries before. */
const END_TURN = `update callbacks c set
    attempts = (
      select json_agg(entry order by n) from (
        select entry, n, count(*) over () as total
        from json_array_elements((c.attempts::jsonb || $3::jsonb)::json) with ordinality as log(entry, n)
      ) as log where n > total - $4
    ),
    quiet_until = case when c.round = $2 then null else c.quiet_until end,
    status = case when c.round = $2 then $5 else c.status end,
    tries = case when c.round = $2 then c.tries + 1 else c.tries end,
    next_attempt_at = case when c.round = $2 then now() + $6::bigint * interval '1 millisecond' else c.next_attempt_at end
  where c.id = $1 and (c.round <> $2 or c.tries = $7)
  returning ${STANDING}`;

/** A workflow whose timer rings a little early need not go to sleep again. */
const EARLY_MS = 50;
/** A try ends within this; the sweeper leaves it alone meanwhile. */
const TURN_MS = 60_000;
const TAKEN_MS = 10_000;
/** A workflow that sleeps wakes by itself; this late it has not. */
const LATE_MS = 5_000;
const LOG_LENGTH = 100;

function callbackOf(row: CallbackRow): Callback {
  return {
    id: row.id,
    type: row.type,
    taskId: row.task_id,
    campaignId: row.campaign_id,
    teamId: row.team_id,
    teamName: row.team_name,
    url: row.url,
    status: row.status,
    createdAt: row.created_at,
    nextAttemptAt: row.status === 'pending' ? row.next_attempt_at : null,
    attempts: row.attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
  };
}

function listStatement(filter: CallbackFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const { teamId, taskId, campaignId, status } = filter;
  const columns = { team_id: teamId ?? undefined, task_id: taskId, campaign_id: campaignId, status };
  const wanted: Readonly<Record<string, string | number>> = Object.fromEntries(
    Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [[`c.${column}`, value]])),
  );
  const query = builder('callbacks as c')
    .select(builder.raw(COLUMNS))
    .where(wanted)
    .orderBy('c.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.after !== undefined) void query.where('c.id', '<', filter.after);
  const { sql, bindings } = query.toSQL().toNative();
  return { text: sql, values: bindings };
}

/** `CallbackStore` on the table `callbacks`. All times are the database's, so that clocks of processes do not matter. */
export function createCallbackStore(sql: SqlPool): CallbackStore {
  return {
    async get(id, teamId) {
      const rows = await sql.query<CallbackRow>(
        `select ${COLUMNS} from callbacks c where c.id = $1 and ($2::int is null or c.team_id = $2)`,
        [id, teamId],
      );
      return rows[0] === undefined ? null : callbackOf(rows[0]);
    },

    async list(filter) {
      const { text, values } = listStatement(filter);
      const rows = await sql.query<CallbackRow>(text, values);
      return { data: rows.slice(0, filter.limit).map(callbackOf), hasMore: rows.length > filter.limit };
    },

    async redeliver(id) {
      const rows = await sql.query(
        `with again as (
           update callbacks set status = 'pending', round = round + 1, round_started_at = now(), tries = 0, next_attempt_at = now(), quiet_until = null
           where id = $1 returning id
         ) select pg_notify('atelier_callback', '') from again`,
        [id],
      );
      return rows.length > 0;
    },

    async takeTurn(id) {
      const rows = await sql.query<TurnRow>(
        `update callbacks c set quiet_until = now() + $2::bigint * interval '1 millisecond'
         where c.id = $1 and c.status = 'pending' and c.next_attempt_at <= now() + $3::bigint * interval '1 millisecond'
         returning ${COLUMNS}, c.round, c.tries, (extract(epoch from now() - c.round_started_at) * 1000)::float8 as elapsed_ms`,
        [id, TURN_MS, EARLY_MS],
      );
      const row = rows[0];
      if (row !== undefined) {
        const turn = { callback: callbackOf(row), round: row.round, triesBefore: row.tries, elapsedMs: Math.max(0, row.elapsed_ms) };
        return { kind: 'turn', turn };
      }
      const waiting = await sql.query<{ due_in_ms: number }>(
        `select (extract(epoch from next_attempt_at - now()) * 1000)::float8 as due_in_ms from callbacks where id = $1 and status = 'pending'`,
        [id],
      );
      return waiting[0] === undefined
        ? { kind: 'closed' }
        : { kind: 'early', dueInMs: Math.max(EARLY_MS, Math.ceil(waiting[0].due_in_ms)) };
    },

    async endTurn(turn, attempt, verdict): Promise<TryVerdict> {
      const { id } = turn.callback;
      const now = await sql.query<StandingRow>(END_TURN, [
        id,
        turn.round,
        storableJson([attempt]),
        LOG_LENGTH,
        verdict.status,
        verdict.againInMs,
        turn.triesBefore,
      ]);
      // Nothing to update: this very turn was ended before.
      const standing = now[0] ?? (await sql.query<StandingRow>(`select ${STANDING} from callbacks c where id = $1`, [id]))[0];
      if (standing === undefined) return { status: 'failed', againInMs: null };
      const { status, due_in_ms: dueInMs } = standing;
      return status === 'pending' ? { status, againInMs: Math.max(1, Math.ceil(dueInMs ?? 1)) } : { status, againInMs: null };
    },

    async takeDue(limit) {
      return sql.query<{ id: string; isKnown: boolean }>(
        `update callbacks c set quiet_until = now() + $2::bigint * interval '1 millisecond'
         from (
           select id from callbacks
           where status = 'pending' and (quiet_until is null or quiet_until <= now())
             and next_attempt_at <= now() - case when tries = 0 then interval '0' else $3::bigint * interval '1 millisecond' end
           order by next_attempt_at limit $1 for update skip locked
         ) as due
         where c.id = due.id returning c.id, (c.tries > 0 or c.round > 1) as "isKnown"`,
        [limit, TAKEN_MS, LATE_MS],
      );
    },
  };
}
