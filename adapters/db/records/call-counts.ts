import { AppError } from '../../../domain/errors';
import type { CallCounts, CallFilter, HistogramInterval } from '../../../domain/records/call';
import type { SqlPool } from '../connection/pool';
import { conditionsOf, type Conditions } from './call-conditions';
import { idKey } from './names';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Each interval's length, and the span that is looked at when none is given. */
const INTERVALS: Readonly<Record<HistogramInterval, { readonly lengthMs: number; readonly spanMs: number }>> = {
  minute: { lengthMs: MINUTE_MS, spanMs: HOUR_MS },
  hour: { lengthMs: HOUR_MS, spanMs: DAY_MS },
  day: { lengthMs: DAY_MS, spanMs: 30 * DAY_MS },
};
const MOST = 1_500;

/** Tables of what the log adds up to, the finest first. Their columns have the names of those of `calls`. */
const ROLL_UPS = [
  { table: 'call_hours', lengthMs: HOUR_MS },
  { table: 'call_days', lengthMs: DAY_MS },
] as const;
const FORGOTTEN_AT_ONCE = 20_000;

/** From, and before; no `to`: all that has come since. In ms. */
interface Span {
  readonly from: number;
  readonly to: number | undefined;
}

/** `CallStore.histogram` */
export async function countCalls(sql: SqlPool, filter: CallFilter, interval: HistogramInterval): Promise<readonly CallCounts[]> {
  const { from: wantedFrom, to, ...choice } = filter;
  const { lengthMs, spanMs } = INTERVALS[interval];
  const until = (to ?? new Date()).getTime();
  const from = wantedFrom?.getTime() ?? until - spanMs;
  if ((until - from) / lengthMs > MOST) {
    throw new AppError(
      'invalid_value',
      `from and to are more than ${String(MOST)} intervals apart. Choose a longer interval or a shorter time.`,
      {
        param: 'from',
      },
    );
  }
  const conditions = await conditionsOf(sql, choice);
  if (conditions === null) return [];
  const span = { from: Math.max(from, await keptFrom(sql)), to: to?.getTime() };
  const levels = isRolledUp(choice) ? ROLL_UPS.filter((one) => one.lengthMs <= lengthMs) : [];
  return sql.query<CallCounts>(
    `select start, sum(requests)::int as requests, sum(failed)::int as failed, sum(fallbacks)::int as fallbacks, sum(cost)::bigint as "costMicroUsd"
     from (${partsOf(span, interval, conditions, levels).join(' union all ')}) as counted group by start order by start`,
    conditions.values,
  );
}

/** Whether the roll-ups tell apart what is chosen. */
function isRolledUp({ errorCode, minCostMicroUsd, q }: CallFilter): boolean {
  return errorCode === undefined && minCostMicroUsd === undefined && q === undefined;
}

/** What is older was dropped from the log; the roll-ups may still have it. */
async function keptFrom(sql: SqlPool): Promise<number> {
  const [cursor] = await sql.query<{ at: Date | null }>(`select task_key_time(nullif(kept_from, '')) as at from call_cursor`);
  return cursor?.at?.getTime() ?? -Infinity;
}

/** Whole days and hours from their roll-ups, what is left before and behind them from finer ones, at last from the log. */
function partsOf(
  span: Span,
  interval: HistogramInterval,
  conditions: Conditions,
  levels: readonly (typeof ROLL_UPS)[number][],
): readonly string[] {
  const level = levels.at(-1);
  if (level === undefined) return [ofLog(span, interval, conditions)];
  const finer = (part: Span): readonly string[] => partsOf(part, interval, conditions, levels.slice(0, -1));
  const { table, lengthMs } = level;
  const first = Math.ceil(span.from / lengthMs) * lengthMs;
  const last = span.to === undefined ? undefined : Math.floor(span.to / lengthMs) * lengthMs;
  if (last !== undefined && first >= last) return finer(span);
  return [
    ofRollUp(table, { from: first, to: last }, interval, conditions),
    ...(first > span.from ? finer({ from: span.from, to: first }) : []),
    ...(last !== undefined && span.to !== last ? finer({ from: last, to: span.to }) : []),
  ];
}

function ofLog({ from, to }: Span, interval: HistogramInterval, conditions: Conditions): string {
  const keyOf = (ms: number): string => idKey('call_', new Date(ms));
  const bounds = within('c.id', keyOf(from), to === undefined ? undefined : keyOf(to), conditions);
  return `select date_trunc('${interval}', task_key_time(c.id), 'UTC') as start, count(*) as requests,
      count(*) filter (where c.status <> 'succeeded') as failed, count(*) filter (where c.fallback) as fallbacks, sum(c.cost) as cost
    from calls c where ${[...conditions.where, ...bounds].join(' and ')} group by 1`;
}

function ofRollUp(table: string, { from, to }: Span, interval: HistogramInterval, conditions: Conditions): string {
  const bounds = within('c.start', new Date(from), to === undefined ? undefined : new Date(to), conditions);
  return `select date_trunc('${interval}', c.start, 'UTC') as start, sum(c.requests) as requests,
      coalesce(sum(c.requests) filter (where c.status <> 'succeeded'), 0) as failed, sum(c.fallbacks) as fallbacks, sum(c.cost) as cost
    from ${table} c where ${[...conditions.where, ...bounds].join(' and ')} group by 1`;
}

/** The conditions of a span, with their values added to those that there are. */
function within(column: string, from: unknown, to: unknown, { values }: Conditions): readonly string[] {
  const place = (value: unknown): string => `$${String(values.push(value))}`;
  return [`${column} >= ${place(from)}`, ...(to === undefined ? [] : [`${column} < ${place(to)}`])];
}

/** Takes what was dropped from the log out of its roll-ups, in parts: no statement takes long. */
export async function forgetCounts(sql: SqlPool): Promise<void> {
  for (const { table, lengthMs } of ROLL_UPS) {
    const old = `start <= (select task_key_time(nullif(kept_from, '')) from call_cursor) - interval '${String(lengthMs / 1_000)} seconds'`;
    const forget = `
      with gone as (
        delete from ${table} where ctid = any(array(select ctid from ${table} where ${old} limit ${String(FORGOTTEN_AT_ONCE)})) returning 1
      ) select count(*)::int as count from gone`;
    for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE;) {
      count = (await sql.query<{ count: number }>(forget))[0]?.count ?? 0;
    }
  }
}
