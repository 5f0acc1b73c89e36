import { DELIVERED_KEPT_DAYS } from '../../../domain/task/retention';
import type { BudgetWarning, HousekeepingStore } from '../../../domain/upkeep';
import type { SqlPool } from '../connection/pool';
import { spanOf } from '../tasks/parameters';

// In parts: a backlog of days must not meet the statement timeout.
const FORGET_KEYS = `
  with forgotten as (
    delete from idempotency_keys where (team_id, route, key) in (
      select team_id, route, key from idempotency_keys where created_at < now() - interval '48 hours' limit 20000 for update skip locked)
    returning 1
  ) select count(*)::int as count from forgotten`;

/** The oldest come first in the primary key, so a turn that finds none old looks at 20,000 entries of it, whatever the table holds.
 * What the call log has not taken in stays. */
const FORGET_EVENTS = `
  with forgotten as (
    delete from events where at < $1::timestamptz - retention_days('events', 0, '', 2) * interval '24 hours' and (transaction, id) <= (select transaction, event_id from call_cursor) and transaction <= (
      select transaction from (select transaction, at from events order by transaction, id limit 20000) as oldest
      where at < $1::timestamptz - retention_days('events', 0, '', 2) * interval '24 hours' order by transaction desc limit 1)
    returning 1
  ) select count(*)::int as count from forgotten`;

/** One after the other: each is locked for an instant, and only when a partition is due. */
const PARTITIONED = ['tasks', 'attempts', 'ledger', 'calls', 'task_records'] as const;

const GONE_BEFORE = 'select before from calls_dropped_before($1, $2) as before where isfinite(before)';

/** One process a day. */
const CLAIM_ANALYSIS = `
  update partitioning set analysed_at = now() where analysed_at is null or analysed_at < now() - interval '1 day' returning only_row`;

const TELL_WARNINGS = `
  update budget_warnings w set told_at = now() from accounts a
  where a.id = w.account_id and w.id in (select id from budget_warnings where told_at is null order by id limit 1000 for update skip locked)
  returning account_title(a.kind, a.team_id, a.key) as budget, budget_length(a.period) as period, w.percent, w.at,
    w.limit_micro_usd as "limitMicroUsd", w.spent_micro_usd as "spentMicroUsd"`;

const SILENT = 'with gone as (delete from instances where last_seen < $1 returning 1) select count(*)::int as count from gone';

/** What is over says nothing after a week; failed sign-ins count for a quarter of an hour, and lock for another. $1 is now. */
const FORGET_PASSING = [
  `delete from sessions where token_hash in (
     select token_hash from sessions where least(expires_at, revoked_at, last_seen_at + interval '1 year') < $1::timestamptz - retention_days('sign_ins', 0, '', 7) * interval '24 hours'
     limit 20000 for update skip locked) returning 1`,
  `delete from invitations where expires_at < $1::timestamptz - retention_days('sign_ins', 0, '', 7) * interval '24 hours' returning 1`,
  `delete from sign_in_failures where ctid in (
     select ctid from sign_in_failures where updated_at < $1::timestamptz - interval '1 hour' and coalesce(locked_until < $1, true)
     limit 20000 for update skip locked) returning 1`,
  `delete from oidc_states where expires_at < $1 returning 1`,
  // What alerts look at: faults of a quarter of an hour, and networks that keys came from within half a year.
  `delete from provider_faults where id in (
     select id from provider_faults where at < $1::timestamptz - interval '1 day' limit 20000 for update skip locked) returning 1`,
  `delete from credential_networks where last_seen_at < $1::timestamptz - interval '180 days' returning 1`,
].map((statement) => `with gone as (${statement}) select count(*)::int as count from gone`);

/** Few tasks are replayed: always by the index, whatever the statistics of all partitions together say. */
const REPLAYS = 'select t.id from tasks t where t.replay_of = family.id offset 0';

/** A result and the replays that took it up name the same files. */
const FORGET_DELIVERED = `
  with recursive family(id) as (
    select id collate "C" from unnest($1::text[]) as asked(id)
    union select replay.id from family cross join lateral (${REPLAYS}) as replay
  )
  update attempts a set delivered = null
  where a.task_id = any(array(select id from family)) and a.task_id >= (select min(id) from family) and a.delivered is not null`;

const SPOOLED = `select key, created_at as since from spool where created_at < $1 and key > $2 order by key limit $3`;

const ASSETS_KEPT = 'select id, content_type from assets where id = any($1::text[]) and contents_expired_at is null';

// The text is that of our own JSON.stringify: a spooled output becomes a staged one of the same key.
const RENAME = `
  with recursive family(id) as (
    select $1::text collate "C" union select replay.id from family cross join lateral (${REPLAYS}) as replay
  )
  update attempts a set delivered = replace(a.delivered::text, $2, $3)::json
  where a.task_id = any(array(select id from family)) and a.task_id >= (select min(id) from family) and strpos(a.delivered::text, $2) > 0`;

/** Forgets a part of the idempotency keys that are older than 48 h; answers how many. */
export function createIdempotencySweep(sql: SqlPool): () => Promise<number> {
  return () => countOf(sql, FORGET_KEYS, []);
}

/** Upkeep of the tables; what is more than a statement is a function of the database. */
export function createHousekeepingStore(sql: SqlPool): HousekeepingStore {
  return {
    async makePartitions(now) {
      let made = 0;
      for (const table of PARTITIONED) made += await countOf(sql, 'select ensure_partitions($1, $2) as count', [table, now]);
      if ((await sql.query(CLAIM_ANALYSIS)).length > 0) await analyse(sql);
      return made;
    },
    forgetEvents: (now) => countOf(sql, FORGET_EVENTS, [now]),
    async forgetSignIns(now) {
      let gone = 0;
      for (const statement of FORGET_PASSING) gone += await countOf(sql, statement, [now]);
      return gone;
    },
    async watchBudgets() {
      await sql.query('select lapse_due_grants()');
      return sql.query<BudgetWarning>(TELL_WARNINGS);
    },
    removeSilentInstances: (before) => countOf(sql, SILENT, [before]),
    expireTasks: (now, limit) => countOf(sql, 'select expire_tasks($1, $2) as count', [now, limit]),
    expireInputs: (now, limit) => countOf(sql, 'select expire_inputs($1, $2) as count', [now, limit]),
    expireCampaignItems: (now, limit) => countOf(sql, 'select expire_campaign_items($1, $2) as count', [now, limit]),
    expireDeliveries: (now, limit) => countOf(sql, 'select expire_deliveries($1, $2) as count', [now, limit]),
    expireFiles: (now, limit) => countOf(sql, 'select expire_files($1, $2) as count', [now, limit]),
    expireBodies: (now, limit) => countOf(sql, 'select expire_bodies($1, $2) as count', [now, limit]),
    async bodiesKept(callIds) {
      const rows = await sql.query<{ id: string }>('select call_id as id from call_bodies where call_id = any($1::text[])', [callIds]);
      return new Set(rows.map((row) => row.id));
    },
    expireCallbacks: (now, limit) => countOf(sql, 'select expire_callbacks($1, $2) as count', [now, limit]),
    expireIncidents: (now, limit) => countOf(sql, 'select expire_incidents($1, $2) as count', [now, limit]),
    expireHistories: (now, limit) => countOf(sql, 'select expire_histories($1, $2) as count', [now, limit]),
    expireCalls: (now, days, limit) => countOf(sql, 'select expire_calls($1, $2, $3) as count', [now, days, limit]),
    async callsGoneBefore(now, days) {
      const [row] = await sql.query<{ before: Date }>(GONE_BEFORE, [now, days]);
      return row?.before ?? null;
    },
    pruneAudit: (now, limit) => countOf(sql, 'select prune_audit($1, $2) as count', [now, limit]),
    eraseTraces: (limit) => countOf(sql, 'select erase_traces($1) as count', [limit]),
    async filesKept(fileIds) {
      const rows = await sql.query<{ id: string }>('select id from files where id = any($1::text[])', [fileIds]);
      return new Set(rows.map((row) => row.id));
    },
    async givenUp(limit) {
      const rows = await sql.query<{ key: string }>(
        'select key from removals where not removals_held() order by created_at, key limit $1',
        [limit],
      );
      return rows.map((row) => row.key);
    },
    async forgetGivenUp(keys) {
      // While a backup is made nothing was removed: they come up again.
      await sql.query('delete from removals where key = any($1::text[]) and not removals_held()', [keys]);
    },
    async tasksInNeed(taskIds, now) {
      const rows = await sql.query<{ id: string }>('select id from tasks_in_need($1::text[], $2, $3) as id', [
        taskIds,
        now,
        DELIVERED_KEPT_DAYS,
      ]);
      return new Set(rows.map((row) => row.id));
    },
    async tasksWithContents(taskIds) {
      const rows = await sql.query<{ id: string }>(
        'select id from tasks where id = any($1::text[]) and id between $2 and $3 and contents_expired_at is null',
        [taskIds, ...spanOf(taskIds)],
      );
      return new Set(rows.map((row) => row.id));
    },
    async forgetDelivered(taskIds) {
      await sql.query(FORGET_DELIVERED, [taskIds]);
    },
    async assetsKept(assetIds) {
      const rows = await sql.query<{ id: string; content_type: string }>(ASSETS_KEPT, [assetIds]);
      return new Map(rows.map(({ id, content_type }) => [id, content_type]));
    },
    spooled: (before, { after, limit }) => sql.query(SPOOLED, [before, after, limit]),
    unspool: (key) =>
      sql.transaction(async (transaction) => {
        const named = JSON.stringify(key);
        const [, taskId] = key.split('/');
        await transaction.query(RENAME, [taskId, `"from":"spooled","key":${named}`, `"from":"staged","key":${named}`]);
        await transaction.query('delete from spool where key = $1', [key]);
      }),
  };
}

function analyse(sql: SqlPool): Promise<void> {
  return sql.transaction(async (transaction) => {
    await transaction.query(`set local statement_timeout = '10min'`);
    for (const table of PARTITIONED) await transaction.query(`analyze ${table}`);
  });
}

async function countOf(sql: SqlPool, statement: string, values: readonly unknown[]): Promise<number> {
  return (await sql.query<{ count: number }>(statement, values))[0]?.count ?? 0;
}
