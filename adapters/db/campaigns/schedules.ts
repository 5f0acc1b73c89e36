import { AppError } from '../../../domain/errors';
import type { KeptSchedule, NewSchedule, Schedule, ScheduleStore, ScheduledCampaign } from '../../../domain/campaign/schedule';
import { BOUNDS_COLUMNS } from '../catalogue/caller';
import type { SqlPool } from '../connection/pool';
import { rememberKey } from './idempotency';
import { callerOf, type AskerRow } from './row';
import { storable, storableOrNull } from '../tasks/parameters';

// Two at the same moment wait for each other, so that the count is right.
const COUNT = `
  select count(*)::int as count from schedules where team_id = (select id from teams where id = $1 for update) and deleted_at is null`;
const INSERT = `
  insert into schedules (id, team_id, team_name, credential_id, credential_name, credential_class, credential_models, name, cron, time_zone, catchup_s,
                         campaign, items_key, items, estimated, assets)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::json, $13, $14, $15, $16)`;

const SELECT = `
  select s.id, s.team_id, s.team_name, s.credential_id, s.credential_name, s.credential_class, s.credential_models, s.cron, s.time_zone, s.catchup_s,
         s.campaign, s.items_key, s.items, s.estimated, s.created_at, s.fired_for, s.campaign_id, s.error,
         case when k.id is null or k.revoked_at is not null then 'revoked' when not k.enabled then 'disabled' when k.expires_at <= now() then 'expired' end
           as refusal, ${BOUNDS_COLUMNS}
  from schedules s left join credentials k on k.id = s.credential_id left join teams t on t.id = k.team_id left join projects p on p.id = k.project_id
  where s.deleted_at is null`;
const GET = `${SELECT} and s.id = $1 and ($2::int is null or s.team_id = $2)`;
const LIST = `${SELECT} and ($1::int is null or s.team_id = $1) and ($2::text is null or s.id < $2)
  and ($4::text is null or strpos(lower(concat_ws(' ', s.name, s.id)), lower($4)) > 0) order by s.id desc limit $3`;
const REMOVE = `
  with removed as (update schedules set deleted_at = now() where id = $1 and deleted_at is null returning items_key),
       freed as (insert into removals (key) select items_key from removed on conflict do nothing)
  select items_key from removed`;
const NOTE = `
  update schedules set fired_for = $2, campaign_id = coalesce($3, campaign_id), error = $4::json where id = $1 and (fired_for is null or fired_for < $2)`;
const TO_KEEP = `
  select id, cron, time_zone, catchup_s, created_at, fired_for, deleted_at is not null as is_deleted
  from schedules where removed_at is null and id > $2 order by id limit $1`;
const FORGOTTEN = 'update schedules set removed_at = now() where id = $1 and deleted_at is not null';

interface ScheduleRow extends AskerRow {
  readonly id: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly catchup_s: number;
  readonly campaign: Omit<ScheduledCampaign, 'maxCostMicroUsd'> & { readonly maxCost: string | null };
  readonly items_key: string;
  readonly items: number;
  readonly estimated: bigint;
  readonly created_at: Date;
  readonly fired_for: Date | null;
  readonly campaign_id: string | null;
  readonly error: Schedule['error'];
  readonly refusal: Schedule['refusal'];
}

interface KeptRow {
  readonly id: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly catchup_s: number;
  readonly created_at: Date;
  readonly fired_for: Date | null;
  readonly is_deleted: boolean;
}

/** Schedules in Postgres. */
export function createScheduleStore(pool: SqlPool): ScheduleStore {
  return {
    create: (schedule, mostOfTeam) =>
      pool.transaction(async (sql) => {
        const earlier = await rememberKey(sql, schedule);
        if (earlier !== null) return earlier;
        const [held] = await sql.query<{ count: number }>(COUNT, [schedule.caller.teamId]);
        if ((held?.count ?? 0) >= mostOfTeam) {
          throw new AppError('conflict', `A team has at most ${mostOfTeam} schedules. Delete one first.`);
        }
        await sql.query(INSERT, valuesOf(schedule));
        return { kind: 'created' } as const;
      }),
    async get(id, teamId) {
      const [row] = await pool.query<ScheduleRow>(GET, [id, teamId]);
      return row === undefined ? null : scheduleOf(row);
    },
    async list({ teamId, after, limit, words }) {
      const rows = await pool.query<ScheduleRow>(LIST, [teamId, after ?? null, limit + 1, words ?? null]);
      return { data: rows.slice(0, limit).map(scheduleOf), hasMore: rows.length > limit };
    },
    async remove(id) {
      return (await pool.query(REMOVE, [id])).length > 0;
    },
    async noteFiring(id, { at, campaignId, error }) {
      await pool.query(NOTE, [id, at, campaignId, error === null ? null : storable(JSON.stringify(error))]);
    },
    async toKeep(limit, after) {
      return (await pool.query<KeptRow>(TO_KEEP, [limit, after ?? ''])).map(keptOf);
    },
    async forgotten(id) {
      await pool.query(FORGOTTEN, [id]);
    },
  };
}

function valuesOf({ caller, campaign, ...schedule }: NewSchedule): readonly unknown[] {
  const { maxCostMicroUsd, ...rest } = campaign;
  return [
    schedule.id,
    caller.teamId,
    caller.teamName,
    caller.credentialId,
    caller.credentialName,
    caller.credentialClass,
    caller.models,
    storableOrNull(campaign.name),
    schedule.cron,
    schedule.timeZone,
    schedule.catchupS,
    storable(JSON.stringify({ ...rest, maxCost: maxCostMicroUsd?.toString() ?? null })),
    schedule.itemsKey,
    schedule.itemCount,
    schedule.estimatedMicroUsd,
    schedule.assets,
  ];
}

function scheduleOf(row: ScheduleRow): Schedule {
  const { maxCost, ...campaign } = row.campaign;
  return {
    id: row.id,
    teamId: row.team_id,
    caller: callerOf(row),
    cron: row.cron,
    timeZone: row.time_zone,
    catchupS: row.catchup_s,
    campaign: { ...campaign, maxCostMicroUsd: maxCost === null ? null : BigInt(maxCost) },
    itemsKey: row.items_key,
    itemCount: row.items,
    estimatedMicroUsd: row.estimated,
    createdAt: row.created_at,
    firedFor: row.fired_for,
    campaignId: row.campaign_id,
    error: row.error,
    refusal: row.refusal,
  };
}

function keptOf(row: KeptRow): KeptSchedule {
  return {
    id: row.id,
    cron: row.cron,
    timeZone: row.time_zone,
    catchupS: row.catchup_s,
    createdAt: row.created_at,
    firedFor: row.fired_for,
    isDeleted: row.is_deleted,
  };
}
