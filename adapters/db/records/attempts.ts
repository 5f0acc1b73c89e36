import type { AttemptBooks, AttemptHealth, AttemptHour, AttemptPeriod, BookedAttempt } from '../../../domain/records/attempt';
import type { AttemptOutcome } from '../../../domain/task/task';
import type { SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';
import { idKey } from './names';

/** A call begins at most so long after its task was made; longer waits are not seen. */
const LONGEST_WAIT_MS = 2 * 86_400_000;

interface AttemptRow {
  readonly task_id: string;
  readonly n: number;
  readonly at: Date;
  readonly model: string;
  readonly served: string;
  readonly upstream_id: string;
  readonly outcome: AttemptOutcome;
  readonly cost: bigint;
  readonly most: bigint;
}

interface HourRow {
  readonly hour: Date;
  readonly model: string;
  readonly served: string;
  readonly outcome: AttemptOutcome;
  readonly attempts: bigint;
  readonly cost: bigint;
  readonly most: bigint;
  readonly images: bigint;
  readonly video_ms: bigint;
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
}

/**
 * $1: provider, $2 and $3: ids of tasks, $4 and $5: times. What is known of a task only as a whole is that of its last attempt: the one that
 * was paid for.
 */
const ATTEMPTS = `
  select a.task_id, a.n, a.started_at as at, a.model, coalesce(a.served, t.model) as served, a.upstream_id, a.outcome,
         a.cost + case when a.n = o.last then greatest(coalesce(t.provider_cost, t.actual, 0) - o.said, 0) else 0 end as cost,
         t.reserved as most, case when a.n = o.last then t.usage end as usage
  from attempts a join tasks t on t.id = a.task_id
  cross join lateral (select max(n) as last, sum(cost)::bigint as said from attempts where task_id = a.task_id) as o
  where a.provider = $1 and a.task_id >= $2 and a.task_id < $3 and t.id >= $2 and t.id < $3 and a.started_at >= $4 and a.started_at < $5`;

const HOURS = `
  select date_trunc('hour', at, 'UTC') as hour, model, served, outcome, count(*) as attempts, sum(cost)::bigint as cost,
         coalesce(sum(most) filter (where cost = 0), 0)::bigint as most,
         sum(usage_count(usage, 'images', 1))::bigint as images, sum(usage_count(usage, 'seconds', 1000))::bigint as video_ms,
         sum(usage_count(usage, 'inputTokens', 1))::bigint as input_tokens, sum(usage_count(usage, 'outputTokens', 1))::bigint as output_tokens
  from (${ATTEMPTS}) as attempt group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

interface HealthRow {
  readonly start: Date;
  readonly attempts: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly latency: readonly [number, number] | null;
  readonly errors: Readonly<Record<string, number>>;
}

const HEALTH = `
  with calls as (
    select date_trunc($6, started_at, 'UTC') as start, outcome, error_code, extract(epoch from ended_at - started_at)::float8 * 1000 as ms
    from attempts where provider = $1 and task_id >= $2 and task_id < $3 and started_at >= $4 and started_at < $5
  )
  select start, count(*)::int as attempts, count(*) filter (where outcome = 'succeeded')::int as succeeded,
    count(*) filter (where outcome in ('failed', 'unknown'))::int as failed,
    percentile_cont(array[0.5, 0.95]) within group (order by ms) filter (where outcome = 'succeeded') as latency,
    (select coalesce(json_object_agg(error_code, number), '{}') from (
       select error_code, count(*)::int as number from calls as own
       where own.start = calls.start and outcome in ('failed', 'unknown') and error_code is not null group by error_code
     ) as codes) as errors
  from calls group by start order by start`;

const FIND = `select * from (${ATTEMPTS} and a.upstream_id = any($6::text[])) as attempt order by task_id, n`;

function valuesOf({ provider, from, to }: AttemptPeriod): readonly unknown[] {
  return [storable(provider), idKey('task_', new Date(from.getTime() - LONGEST_WAIT_MS)), idKey('task_', to), from, to];
}

/** Attempts in Postgres, as invoices are compared with them. No index is for this: a time is read whole. */
export function createAttemptBooks(sql: SqlPool): AttemptBooks {
  return {
    async hours(period) {
      const rows = await sql.query<HourRow>(HOURS, valuesOf(period));
      return rows.map((row): AttemptHour => ({
        hour: row.hour,
        model: row.model,
        served: row.served,
        outcome: row.outcome,
        attempts: Number(row.attempts),
        costMicroUsd: row.cost,
        mostMicroUsd: row.most,
        images: Number(row.images),
        videoSeconds: Number(row.video_ms) / 1000,
        inputTokens: Number(row.input_tokens),
        outputTokens: Number(row.output_tokens),
      }));
    },
    async health(period, interval) {
      const rows = await sql.query<HealthRow>(HEALTH, [...valuesOf(period), interval]);
      return rows.map(({ latency, ...row }): AttemptHealth => ({
        ...row,
        latencyMs: latency === null ? null : { p50: Math.round(latency[0]), p95: Math.round(latency[1]) },
      }));
    },
    async find(period, upstreamIds) {
      const rows = await sql.query<AttemptRow>(FIND, [...valuesOf(period), upstreamIds.map(storable)]);
      return rows.map((row): BookedAttempt => ({
        taskId: row.task_id,
        n: row.n,
        at: row.at,
        model: row.model,
        served: row.served,
        upstreamId: row.upstream_id,
        outcome: row.outcome,
        costMicroUsd: row.cost,
        mostMicroUsd: row.cost === 0n ? row.most : 0n,
      }));
    },
  };
}
