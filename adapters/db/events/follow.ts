import type { EventRows, FollowedEvent } from '../../../domain/events/follow';
import type { SqlPool } from '../connection/pool';

/** "<milliseconds>-<transaction>-<id>": when it was given out, and the key of the row. */
const POSITION = /^(\d{1,15})-(\d{1,20})-(evt_[0-9a-f]{32}|)$/;

interface Row extends Omit<FollowedEvent, 'position'> {
  readonly transaction: string;
}

const COLUMNS = `e.transaction::text as transaction, e.id, e.type, e.task_id as "taskId", e.campaign_id as "campaignId", e.team_id as "teamId", e.at`;
const BEHIND = '(e.transaction, e.id) > ($1::xid8, $2) and e.transaction < pg_snapshot_xmin(pg_current_snapshot())';
const ALL = `select ${COLUMNS} from events e where ${BEHIND} order by e.transaction, e.id limit $3`;
const OF_TEAM = `select ${COLUMNS} from events e where ${BEHIND} and ($4::int is null or e.team_id = $4) order by e.transaction, e.id limit $3`;

/**
 * A position of before a restore (docs/backup.md) has a number of another server: one that this server has not come to, or the time of an event that
 * the restore has numbered anew (renumber_events), below every number of a server.
 */
const RESUMABLE = `
  select $1::float8 > extract(epoch from now()) * 1000 - $2::float8 as "isRecent",
    $3::xid8 <= pg_snapshot_xmax(pg_current_snapshot()) and ($3::xid8 < '100' or $1::float8 > coalesce(
      (select floor(extract(epoch from max(at)) * 1000) from events where transaction < '100'), 0)) as "isOurs"`;

function eventOf({ transaction, ...event }: Row): FollowedEvent {
  return { ...event, position: `${String(event.at.getTime())}-${transaction}-${event.id}` };
}

/** The rows of `events`, for followers. */
export function createEventRows(sql: SqlPool): EventRows {
  return {
    async now() {
      const [row] = await sql.query<{ next: string; ms: string }>(
        `select pg_snapshot_xmin(pg_current_snapshot())::text as next, floor(extract(epoch from now()) * 1000)::bigint::text as ms`,
      );
      return `${row?.ms ?? '0'}-${row?.next ?? '0'}-`;
    },
    async after(position, limit) {
      const [, , transaction, id] = POSITION.exec(position) ?? [];
      if (transaction === undefined) return null;
      return (await sql.named<Row>('follow_events', ALL, [transaction, id, limit])).map(eventOf);
    },
    async resume(position, { teamId, limit, withinMs }) {
      const [, atMs, transaction, id] = POSITION.exec(position) ?? [];
      if (transaction === undefined || BigInt(transaction) >= 2n ** 63n) return null;
      const [row] = await sql.query<{ isRecent: boolean; isOurs: boolean }>(RESUMABLE, [Number(atMs), withinMs, transaction]);
      if (row?.isRecent !== true || !row.isOurs) return null;
      return (await sql.query<Row>(OF_TEAM, [transaction, id, limit, teamId])).map(eventOf);
    },
  };
}
