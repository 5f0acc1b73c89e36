import { AppError } from '../../../domain/errors';
import type { CallCounts, CallFilter, HistogramInterval } from '../../../domain/records/call';
import type { SqlPool } from '../connection/pool';
import { conditionsOf } from './call-conditions';

const MINUTE_MS = 60_000;
/** Each interval's length, and the span that is looked at when none is given. */
const INTERVALS: Readonly<Record<HistogramInterval, { readonly lengthMs: number; readonly spanMs: number }>> = {
  minute: { lengthMs: MINUTE_MS, spanMs: 60 * MINUTE_MS },
  hour: { lengthMs: 60 * MINUTE_MS, spanMs: 24 * 60 * MINUTE_MS },
  day: { lengthMs: 24 * 60 * MINUTE_MS, spanMs: 30 * 24 * 60 * MINUTE_MS },
};
const MOST = 1_500;

/** `CallStore.histogram` */
export async function countCalls(sql: SqlPool, filter: CallFilter, interval: HistogramInterval): Promise<readonly CallCounts[]> {
  const { lengthMs, spanMs } = INTERVALS[interval];
  const to = filter.to ?? new Date();
  const from = filter.from ?? new Date(to.getTime() - spanMs);
  if ((to.getTime() - from.getTime()) / lengthMs > MOST) {
    throw new AppError(
      'invalid_value',
      `from and to are more than ${String(MOST)} intervals apart. Choose a longer interval or a shorter time.`,
      {
        param: 'from',
      },
    );
  }
  const conditions = await conditionsOf(sql, { ...filter, from, ...(filter.to === undefined ? {} : { to }) });
  if (conditions === null) return [];
  return sql.query<CallCounts>(
    `select date_trunc('${interval}', task_key_time(c.id), 'UTC') as start, count(*)::int as requests,
       count(*) filter (where c.status <> 'succeeded')::int as failed, count(*) filter (where c.fallback)::int as fallbacks,
       sum(c.cost)::bigint as "costMicroUsd"
     from calls c where ${conditions.where.join(' and ')} group by 1 order by 1`,
    conditions.values,
  );
}
