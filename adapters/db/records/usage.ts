import { AppError } from '../../../domain/errors';
import type { MicroUsd } from '../../../domain/money/money';
import type { CallStore } from '../../../domain/records/call';
import {
  USAGE_DIMENSIONS,
  type RecentSpending,
  type UsageBound,
  type UsageDimension,
  type UsageFigures,
  type UsageFilter,
  type UsageQuery,
  type UsageReport,
  type UsageSince,
  type UsageStore,
} from '../../../domain/records/usage';
import { given } from '../../../lib/given';
import type { SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { resolveNames } from './names';

/** Columns of `usage_hours`, and the name of what an id there stands for. */
const COLUMNS: Readonly<Record<UsageDimension, { readonly column: string; readonly name: string }>> = {
  team: { column: 'team_id', name: '(select name from teams where id = used.team_id)' },
  project: { column: 'project_id', name: '(select name from projects where id = used.project_id)' },
  credential: { column: 'credential_id', name: '(select name from credentials where id = used.credential_id)' },
  class: { column: 'class', name: 'used.class' },
  member: { column: 'member_id', name: '(select email from users where id = used.member_id)' },
  model: { column: 'model', name: `nullif(used.model, '')` },
  provider: { column: 'provider', name: `nullif(used.provider, '')` },
  campaign: { column: 'campaign_id', name: `nullif(used.campaign_id, '')` },
  template: { column: 'template', name: `nullif(used.template, '')` },
  modality: { column: 'modality', name: `nullif(used.modality, '')` },
};

const SUMS = ['requests', 'succeeded', 'failed', 'input_tokens', 'output_tokens', 'images', 'video_ms', 'cost', 'provider_cost'] as const;

type FiguresRow = Readonly<Record<(typeof SUMS)[number], bigint>>;

interface PeriodRow {
  readonly zone: string;
  readonly from: Date;
  readonly to: Date;
}

/** $1 to $3: the zone, else that of the one team of these ids or of this name. $4 to $7: times, and days that begin at midnight of the zone. */
const PERIOD = `
  select z.zone, date_trunc('hour', p.from, z.zone) as from, date_trunc('hour', p.to + interval '3599.999999 seconds', z.zone) as to
  from (
    select coalesce($1, (select min(time_zone) from teams where name = $3 or ($3::text is null and id = any($2::int[])) having count(*) = 1), 'UTC') as zone
  ) as z
  cross join lateral (
    select coalesce($4::timestamptz, $5::date::timestamp at time zone z.zone, date_trunc('month', now(), z.zone)) as from,
           coalesce($6::timestamptz, $7::date::timestamp at time zone z.zone, now()) as to
  ) as p`;

interface Conditions {
  readonly where: string;
  readonly values: readonly unknown[];
}

/**
 * The conditions of a filter over `usage_hours u`; null: it can match nothing.
 * @param values - those that the statement has already; its own are added
 */
async function conditionsOf(
  sql: SqlPool,
  { teamIds, names, ids: rowIds = {} }: UsageFilter,
  values: unknown[] = [],
): Promise<Conditions | null> {
  const { team, project, credential, member, ...plain } = names;
  const teamId = teamIds?.length === 1 ? (teamIds[0] ?? null) : null;
  const ids = await resolveNames(sql, { teamId, ...given({ team, project, credential, member }) });
  if (ids === null) return null;
  const where: string[] = [];
  const add = (condition: (value: string) => string, value: unknown): void => {
    values.push(value);
    where.push(condition(`$${String(values.length)}`));
  };
  if (teamIds !== null) add((value) => `u.team_id = any(${value}::int[])`, teamIds);
  for (const [name, id] of Object.entries(rowIds) as [keyof typeof rowIds, number][])
    add((value) => `u.${COLUMNS[name].column} = ${value}`, id);
  for (const [column, found] of ids) add((value) => `u.${column} = any(${value}::int[])`, found);
  for (const [name, value] of Object.entries(plain) as [keyof typeof plain, string][]) {
    add((place) => `u.${COLUMNS[name].column} = ${place}`, storable(value));
  }
  return { where: where.length === 0 ? 'true' : where.join(' and '), values };
}

function boundOf(bound: UsageBound | undefined): readonly [at: Date | null, day: string | null] {
  if (bound === undefined) return [null, null];
  return 'at' in bound ? [bound.at, null] : [null, bound.day];
}

async function periodOf(sql: SqlPool, { teamIds, names, timeZone, from, to }: UsageQuery): Promise<PeriodRow> {
  const team = names.team === undefined ? null : storable(names.team);
  const [period] = await sql.query<PeriodRow>(PERIOD, [timeZone ?? null, teamIds, team, ...boundOf(from), ...boundOf(to)]);
  if (period === undefined) throw new AppError('internal', 'A period without a row.');
  if (period.from >= period.to)
    throw new AppError('invalid_value', 'The time from which usage is asked for must be before the time to which.', { param: 'to' });
  return period;
}

const NOTHING: UsageFigures = {
  requests: 0,
  succeeded: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  images: 0,
  videoSeconds: 0,
  costMicroUsd: 0n,
  providerCostMicroUsd: 0n,
};

function figuresOf(row: FiguresRow): UsageFigures {
  return {
    requests: Number(row.requests),
    succeeded: Number(row.succeeded),
    failed: Number(row.failed),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    images: Number(row.images),
    videoSeconds: Number(row.video_ms) / 1000,
    costMicroUsd: row.cost,
    providerCostMicroUsd: row.provider_cost,
  };
}

type GroupRow = FiguresRow &
  Readonly<Partial<Record<UsageDimension, string | null>>> & { readonly start: Date; readonly is_total: boolean };

/** One statement, so that the rows are those of the total. */
async function groupsOf(sql: SqlPool, query: UsageQuery, period: PeriodRow, { where, values }: Conditions): Promise<readonly GroupRow[]> {
  const { interval, limit } = query;
  const groupBy = USAGE_DIMENSIONS.filter((name) => query.groupBy.includes(name));
  const [zone, from, to] = [values.length + 1, values.length + 2, values.length + 3].map((place) => `$${String(place)}`) as [
    string,
    string,
    string,
  ];
  const start = interval === 'none' ? `${from}::timestamptz` : `date_trunc('${interval}', u.hour, ${zone})`;
  const keys = groupBy.map((name) => COLUMNS[name].column);
  return sql.query<GroupRow>(
    `select ${['used.*', ...groupBy.map((name) => `${COLUMNS[name].name} as "${name}"`)].join(', ')}
     from (
       select grouping(keyed.start) = 1 as is_total, keyed.start, ${[...keys, ...SUMS.map((name) => `sum(${name})::bigint as ${name}`)].join(', ')}
       from (select ${start} as start, u.* from usage_hours u where ${where} and u.hour >= ${from} and u.hour < ${to} and ${zone}::text <> '') as keyed
       group by grouping sets ((), (${['keyed.start', ...keys].join(', ')}))
     ) as used
     order by is_total desc, start, cost desc, requests desc, ${[...keys, 'start'].map((key) => `used.${key}`).join(', ')}
     limit ${String(limit + 2)}`,
    [...values, period.zone, period.from, period.to],
  );
}

async function read(sql: SqlPool, query: UsageQuery): Promise<UsageReport> {
  const period = await periodOf(sql, query);
  const { from, to, zone: timeZone } = period;
  const conditions = await conditionsOf(sql, query);
  if (conditions === null) return { from, to, timeZone, rows: [], total: NOTHING };
  const [total, ...groups] = await groupsOf(sql, query, period, conditions);
  if (groups.length > query.limit) {
    throw new AppError(
      'invalid_value',
      `The usage has more than ${String(query.limit)} rows. Ask for a shorter time, longer intervals or fewer dimensions in group_by.`,
      { param: 'group_by' },
    );
  }
  const rows = groups.map((row) => ({
    start: row.start,
    of: Object.fromEntries(query.groupBy.map((name) => [name, row[name] ?? null])),
    ...figuresOf(row),
  }));
  return { from, to, timeZone, rows, total: total === undefined || groups.length === 0 ? NOTHING : figuresOf(total) };
}

interface TodayRow {
  readonly today: string;
  readonly share: number;
  readonly since: Date;
}

/** $1: the zone. */
const TODAY = `
  select to_char(d.day at time zone $1, 'YYYY-MM-DD') as today, least(date_trunc('month', now(), $1), d.day - interval '29 days') as since,
         (extract(epoch from now() - d.day) / extract(epoch from ((d.day at time zone $1) + interval '1 day') at time zone $1 - d.day))::float8 as share
  from (select date_trunc('day', now(), $1) as day) as d`;

async function recentSpending(sql: SqlPool, filter: UsageFilter & { readonly timeZone: string }): Promise<RecentSpending> {
  const [[now], conditions] = await Promise.all([sql.query<TodayRow>(TODAY, [filter.timeZone]), conditionsOf(sql, filter)]);
  if (now === undefined) throw new AppError('internal', 'A day without a row.');
  const { today, share: todayShare, since } = now;
  if (conditions === null) return { days: [], today, todayShare };
  const { where, values } = conditions;
  const [zone, from] = [`$${String(values.length + 1)}`, `$${String(values.length + 2)}`];
  const days = await sql.query<{ day: string; cost: bigint }>(
    `select to_char(date_trunc('day', u.hour, ${zone}) at time zone ${zone}, 'YYYY-MM-DD') as day, sum(u.cost)::bigint as cost
     from usage_hours u where ${where} and u.hour >= ${from} group by 1 order by 1`,
    [...values, filter.timeZone, since],
  );
  return { days: days.map(({ day, cost }) => ({ day, costMicroUsd: cost })), today, todayShare };
}

/** One read for all of them: a filter of a filter costs little, and budgets of a team look at the same rows. */
async function costsSince(sql: SqlPool, asked: readonly UsageSince[]): Promise<readonly MicroUsd[]> {
  const values: unknown[] = [];
  const sums: string[] = [];
  for (const { since, ...filter } of asked) {
    const where = (await conditionsOf(sql, filter, values))?.where ?? 'false';
    const isLater = `u.hour > $${String(values.push(since))}::timestamptz - interval '1 hour'`;
    sums.push(`coalesce(sum(u.cost) filter (where ${where} and ${isLater}), 0)::bigint as "${String(sums.length)}"`);
  }
  if (sums.length === 0) return [];
  const first = values.push(new Date(Math.min(...asked.map(({ since }) => since.getTime()))));
  const teamIds = asked.some((one) => one.teamIds === null) ? null : asked.flatMap((one) => one.teamIds ?? []);
  const ofTeams = teamIds === null ? '' : `and u.team_id = any($${String(values.push(teamIds))}::int[])`;
  const [row] = await sql.query<Readonly<Record<string, MicroUsd>>>(
    `select ${sums.join(', ')} from usage_hours u where u.hour > $${String(first)}::timestamptz - interval '1 hour' ${ofTeams}`,
    values,
  );
  return asked.map((_one, index) => row?.[String(index)] ?? 0n);
}

/** Usage in Postgres, out of what the call log rolls up. */
export function createUsageStore(sql: SqlPool, calls: Pick<CallStore, 'catchUp'>): UsageStore {
  return {
    async read(query) {
      await calls.catchUp();
      return read(sql, query);
    },
    async costsSince(asked) {
      await calls.catchUp();
      return costsSince(sql, asked);
    },
    recentSpending: (filter) => recentSpending(sql, filter),
  };
}
