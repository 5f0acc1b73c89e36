import { GONE, type Callback, type CallbackAttempt, type CallbackStore, type TryVerdict } from '../../../domain/events/callback';
import type { Sql, SqlPool } from '../connection/pool';
import { storable, storableJson } from '../tasks/parameters';
import { BODY_BYTES, callbackOf, COLUMNS, type CallbackRow } from './callback-row';

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

/** $1 id, $2 round, $3 attempts to add, $4 length of the log, $5 status, $6 milliseconds to the next try, $7 tries before, $8 what was sent. */
const END_TURN = `update callbacks c set
    attempts = (
      select json_agg(entry order by n) from (
        select entry, n, count(*) over () as total
        from json_array_elements((c.attempts::jsonb || $3::jsonb)::json) with ordinality as log(entry, n)
      ) as log where n > total - $4
    ),
    request_body = coalesce($8, c.request_body),
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

/** Nothing is sent to an endpoint that is disabled or deleted. */
const MAY_BE_SENT = `(c.endpoint_id is null or exists (select from webhook_endpoints e where e.id = c.endpoint_id and e.enabled))`;
const CLOSE_UNSENDABLE = `update callbacks c set status = 'failed', next_attempt_at = null, quiet_until = null
  where c.id = $1 and c.status = 'pending' and not ${MAY_BE_SENT}`;

/** The tries of callbacks: who makes the next one, and what came of it. */
export function createCallbackTurns(sql: SqlPool): Pick<CallbackStore, 'takeTurn' | 'endTurn' | 'takeDue'> {
  return {
    async takeTurn(id) {
      const rows = await sql.query<TurnRow>(
        `update callbacks c set quiet_until = now() + $2::bigint * interval '1 millisecond'
         where c.id = $1 and c.status = 'pending' and ${MAY_BE_SENT} and c.next_attempt_at <= now() + $3::bigint * interval '1 millisecond'
         returning ${COLUMNS}, c.round, c.tries, (extract(epoch from now() - c.round_started_at) * 1000)::float8 as elapsed_ms`,
        [id, TURN_MS, EARLY_MS],
      );
      const row = rows[0];
      if (row !== undefined) {
        const turn = { callback: callbackOf(row), round: row.round, triesBefore: row.tries, elapsedMs: Math.max(0, row.elapsed_ms) };
        return { kind: 'turn', turn };
      }
      await sql.query(CLOSE_UNSENDABLE, [id]);
      const waiting = await sql.query<{ due_in_ms: number }>(
        `select (extract(epoch from next_attempt_at - now()) * 1000)::float8 as due_in_ms from callbacks where id = $1 and status = 'pending'`,
        [id],
      );
      return waiting[0] === undefined
        ? { kind: 'closed' }
        : { kind: 'early', dueInMs: Math.max(EARLY_MS, Math.ceil(waiting[0].due_in_ms)) };
    },

    async endTurn(turn, attempt, verdict, body): Promise<TryVerdict> {
      const { id, endpointId } = turn.callback;
      const end = async (transaction: Sql): Promise<StandingRow | undefined> => {
        const isOver = endpointId !== null && !(await endpointStands(transaction, endpointId, attempt)) && verdict.status === 'pending';
        const [now] = await transaction.query<StandingRow>(END_TURN, [
          id,
          turn.round,
          storableJson([attempt]),
          LOG_LENGTH,
          isOver ? 'failed' : verdict.status,
          isOver ? null : verdict.againInMs,
          turn.triesBefore,
          endpointId === null || body === null ? null : storable(beginningOf(body)),
        ]);
        // Nothing to update: this very turn was ended before.
        return now ?? (await transaction.query<StandingRow>(`select ${STANDING} from callbacks c where c.id = $1`, [id]))[0];
      };
      const standing = await (endpointId === null ? end(sql) : sql.transaction(end));
      if (standing === undefined) return { status: 'failed', againInMs: null };
      const { status, due_in_ms: dueInMs } = standing;
      return status === 'pending' ? { status, againInMs: Math.max(1, Math.ceil(dueInMs ?? 1)) } : { status, againInMs: null };
    },

    async takeDue(limit) {
      await sql.query('select number_webhook_deliveries()');
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

/** Tells an endpoint's row of an attempt; false: the endpoint is disabled or deleted. */
async function endpointStands(sql: Sql, endpointId: string, { request, error, statusCode }: CallbackAttempt): Promise<boolean> {
  // An event that could not be made says nothing of its receiver.
  const outcome = request === null ? null : error === null ? 'delivered' : statusCode === GONE ? 'gone' : 'failed';
  const [row] = await sql.query<{ enabled: boolean }>('select end_webhook_attempt($1, $2) as enabled', [endpointId, outcome]);
  return row?.enabled === true;
}

function beginningOf(body: string): string {
  const bytes = Buffer.from(body);
  // `stream` drops a character that the cut split, instead of showing it broken.
  return bytes.length <= BODY_BYTES ? body : new TextDecoder().decode(bytes.subarray(0, BODY_BYTES), { stream: true });
}
