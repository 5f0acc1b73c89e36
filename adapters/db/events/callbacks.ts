import knex from 'knex';
import type { CallbackFilter, CallbackStore } from '../../../domain/events/callback';
import type { SqlPool } from '../connection/pool';
import { BODY_BYTES, callbackOf, COLUMNS, deliveryColumns, deliveryOf, type CallbackRow, type DeliveryRow } from './callback-row';
import { createCallbackTurns } from './callback-turns';

/** Builds statements only; they run on the process's pool. */
const builder = knex({ client: 'pg' });

/** What begins a new round of tries. */
const AGAIN = `status = 'pending', round = round + 1, round_started_at = now(), tries = 0, next_attempt_at = now(), quiet_until = null`;
/** A page of a hundred must not be megabytes. */
const BODY_IN_LISTS = 4_096;
const DELIVERIES = `select ${deliveryColumns(BODY_IN_LISTS)} from callbacks c
  where c.endpoint_id = $1 and c.sequence is not null and ($2::text is null or c.status = $2)
    and ($3::text is null or c.sequence < (select sequence from callbacks where id = $3))
  order by c.sequence desc limit $4`;
const DELIVERY = `select ${deliveryColumns(BODY_BYTES)} from callbacks c where c.id = $1 and c.endpoint_id = $2`;
/** $1 endpoint, null: of callbacks; $2 team, null: of all; $3 since when, $4 the most. */
const REDELIVER_FAILED = `
  with failed as (
    select id from callbacks
    where status = 'failed' and created_at >= $3 and endpoint_id is not distinct from $1 and ($2::int is null or team_id = $2)
    order by created_at, id limit $4 for update
  ), again as (
    update callbacks c set ${AGAIN} from failed where c.id = failed.id returning c.id
  ) select count(*)::int as count, pg_notify('atelier_callback', '') from again having count(*) > 0`;

function listStatement(filter: CallbackFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const { teamId, taskId, campaignId, status } = filter;
  const columns = { team_id: teamId ?? undefined, task_id: taskId, campaign_id: campaignId, status };
  const wanted: Readonly<Record<string, string | number>> = Object.fromEntries(
    Object.entries(columns).flatMap(([column, value]) => (value === undefined ? [] : [[`c.${column}`, value]])),
  );
  const query = builder('callbacks as c')
    .select(builder.raw(COLUMNS))
    .whereNull('c.endpoint_id')
    .where(wanted)
    .orderBy('c.id', 'desc')
    .limit(filter.limit + 1);
  // Ids of deliveries come behind all of these in the order of the key.
  void query.where('c.id', '<', filter.after ?? 'whd_');
  const { sql, bindings } = query.toSQL().toNative();
  return { text: sql, values: bindings };
}

/** `CallbackStore` on the table `callbacks`. All times are the database's, so that clocks of processes do not matter. */
export function createCallbackStore(sql: SqlPool): CallbackStore {
  return {
    async get(id, teamId) {
      const rows = await sql.query<CallbackRow>(
        `select ${COLUMNS} from callbacks c where c.id = $1 and c.endpoint_id is null and ($2::int is null or c.team_id = $2)`,
        [id, teamId],
      );
      return rows[0] === undefined ? null : callbackOf(rows[0]);
    },

    async list(filter) {
      const { text, values } = listStatement(filter);
      const rows = await sql.query<CallbackRow>(text, values);
      return { data: rows.slice(0, filter.limit).map(callbackOf), hasMore: rows.length > filter.limit };
    },

    async deliveries({ endpointId, status, after, limit }) {
      const rows = await sql.query<DeliveryRow>(DELIVERIES, [endpointId, status ?? null, after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map(deliveryOf), hasMore: rows.length > limit };
    },

    async delivery(endpointId, id) {
      const [row] = await sql.query<DeliveryRow>(DELIVERY, [id, endpointId]);
      return row === undefined ? null : deliveryOf(row);
    },

    async redeliver(id) {
      const rows = await sql.query(
        `with again as (
           update callbacks set ${AGAIN} where id = $1 returning id
         ) select pg_notify('atelier_callback', '') from again`,
        [id],
      );
      return rows.length > 0;
    },

    async redeliverFailed({ teamId, endpointId }, since, limit) {
      const [row] = await sql.query<{ count: number }>(REDELIVER_FAILED, [endpointId, teamId, since, limit]);
      return row?.count ?? 0;
    },

    ...createCallbackTurns(sql),
  };
}
