import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../../../domain/access/secrets';
import type { Notice, NoticeStore } from '../../../domain/alert/notice';
import type { SqlPool } from '../connection/pool';
import { storableJson } from '../tasks/parameters';
import { INCIDENT_COLUMNS, incidentOf, NOTICE_STATE, noticeStateOf, type IncidentRow, type NoticeJson } from './incident-row';
import { ALERT_COLUMNS, ALERT_TABLES, alertOf, type AlertRow } from './row';

/** A try ends within this; others leave it alone meanwhile. */
const TURN_MS = 60_000;
const TAKEN_MS = 10_000;
/** A workflow that sleeps wakes by itself; this late it has not. */
const LATE_MS = 5_000;
const EARLY_MS = 50;
const LOG_LENGTH = 20;

/** That something is over is told after that it began. */
const IS_NEXT = `not (n.kind = 'resolved' and exists (
    select from notices o where o.incident_id = n.incident_id and o.channel_id = n.channel_id and o.kind <> 'resolved' and o.status = 'pending'))`;

const TAKE = `
  update notices n set quiet_until = now() + $2::bigint * interval '1 millisecond'
  where n.id = $1 and n.status = 'pending' and n.next_attempt_at <= now() + $3::bigint * interval '1 millisecond' and ${IS_NEXT}
  returning n.kind, n.incident_id, n.alert_id, n.channel_id, n.created_at, n.tries`;
const WAITING = `
  select greatest((extract(epoch from next_attempt_at - now()) * 1000)::float8, 2000) as due_in_ms from notices where id = $1 and status = 'pending'`;
const END = `
  update notices set tries = tries + 1, quiet_until = null, attempts = case when jsonb_array_length(attempts) >= ${String(LOG_LENGTH)} then attempts - 0 else attempts end || $3::jsonb,
    status = case when $4 then 'delivered' when $5::bigint is null then 'failed' else status end,
    ended_at = case when $4 or $5::bigint is null then now() end,
    next_attempt_at = now() + coalesce($5::bigint, 0) * interval '1 millisecond'
  where id = $1 and tries = $2 and status = 'pending'`;
const HOLD = `
  update notices set quiet_until = null, held_until = $2, next_attempt_at = $2 where id = $1 and status = 'pending'`;
/** What is over by then is told neither as begun nor as over. */
const SKIP_RESOLVED = `
  update notices n set status = 'skipped', ended_at = now(), quiet_until = null from notices held join incidents i on i.id = held.incident_id
  where held.id = $1 and held.kind <> 'resolved' and held.tries = 0 and i.resolved_at is not null
    and n.incident_id = held.incident_id and n.channel_id = held.channel_id and n.status = 'pending'`;
const SKIP = `update notices set status = 'skipped', ended_at = now(), quiet_until = null where id = $1 and status = 'pending'`;
const DUE = `
  update notices n set quiet_until = now() + $2::bigint * interval '1 millisecond'
  from (
    select id from notices where status = 'pending' and (quiet_until is null or quiet_until <= now())
      and next_attempt_at <= now() - case when tries = 0 then interval '0' else $3::bigint * interval '1 millisecond' end
    order by next_attempt_at limit $1 for update skip locked
  ) as due where n.id = due.id returning n.id`;
const ALERT = `select ${ALERT_COLUMNS} from ${ALERT_TABLES} where a.id = $1`;
const INCIDENT = `select ${INCIDENT_COLUMNS} from incidents i left join alerts a on a.id = i.alert_id where i.id = $1`;
const TEST = `
  insert into notices as n (id, alert_id, channel_id, kind) select id, $1, channel, 'test' from unnest($2::text[], $3::text[]) as c(id, channel)
  returning ${NOTICE_STATE}`;
const STATES = `select ${NOTICE_STATE} from notices n where n.id = any($1::text[]) order by n.created_at, n.id`;

interface TurnRow {
  readonly kind: Notice['kind'];
  readonly incident_id: string | null;
  readonly alert_id: string;
  readonly channel_id: string;
  readonly created_at: Date;
  readonly tries: number;
}

/** Notices of incidents in Postgres. */
export function createNoticeStore(pool: SqlPool, box: SecretBox): NoticeStore {
  async function noticeOf(id: string, row: TurnRow): Promise<Notice | null> {
    const [alertRow] = await pool.query<AlertRow>(ALERT, [row.alert_id]);
    if (alertRow === undefined) return null;
    const alert = alertOf(alertRow, box);
    const channel = alert.channels.find((one) => one.id === row.channel_id);
    if (channel === undefined) return null;
    const [incidentRow] = row.incident_id === null ? [] : await pool.query<IncidentRow>(INCIDENT, [row.incident_id]);
    const incident = incidentRow === undefined ? null : incidentOf(incidentRow);
    return { id, kind: row.kind, alert, channel, incident, createdAt: row.created_at, triesBefore: row.tries };
  }

  return {
    async takeTurn(id) {
      const [row] = await pool.query<TurnRow>(TAKE, [id, TURN_MS, EARLY_MS]);
      if (row === undefined) {
        const [waiting] = await pool.query<{ due_in_ms: number }>(WAITING, [id]);
        return waiting === undefined ? { kind: 'closed' } : { kind: 'early', dueInMs: Math.ceil(waiting.due_in_ms) };
      }
      const notice = await noticeOf(id, row);
      if (notice !== null) return { kind: 'due', notice };
      // Its channel was taken out of the alert.
      await pool.query(SKIP, [id]);
      return { kind: 'closed' };
    },
    async endTurn({ id, triesBefore }, attempt, againInMs) {
      await pool.query(END, [id, triesBefore, storableJson([attempt]), attempt.error === null, againInMs]);
    },
    async hold(id, until) {
      await pool.query(SKIP_RESOLVED, [id]);
      await pool.query(HOLD, [id, until]);
    },
    async takeDue(limit) {
      return (await pool.query<{ id: string }>(DUE, [limit, TAKEN_MS, LATE_MS])).map(({ id }) => id);
    },
    async test(alert) {
      const ids = alert.channels.map(() => `ntc_${randomBytes(16).toString('hex')}`);
      const rows = await pool.query<{ notice: NoticeJson }>(TEST, [alert.id, ids, alert.channels.map(({ id }) => id)]);
      return rows.map(({ notice }) => noticeStateOf(notice));
    },
    async find(ids) {
      return (await pool.query<{ notice: NoticeJson }>(STATES, [ids])).map(({ notice }) => noticeStateOf(notice));
    },
  };
}
