import {
  percentileMs,
  type Breaker,
  type CallReport,
  type ProviderHealth,
  type ProviderHealthStore,
} from '../../../domain/provider/health';
import type { SqlPool } from '../connection/pool';

interface BreakerRow {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
  readonly state: Breaker['state'];
  readonly opened_at: Date;
  readonly next_probe_at: Date;
  readonly probe_until: Date | null;
  readonly last_error: string | null;
}

interface HealthRow {
  readonly provider: string;
  readonly succeeded: bigint;
  readonly failed: bigint;
  readonly latencies: readonly bigint[];
}

const BREAKERS = `select provider, key, model, state, opened_at, next_probe_at, probe_until, last_error from breakers where state <> 'closed'`;

const CLOSED = `select provider, key, model, opened_at, last_error from breakers where state = 'closed'`;

const LEASE = 'select granted, again_ms from lease_calls($1, $2, $3, $4, $5, $6, $7, $8)';

const ADD_COUNTS = `insert into provider_calls as c (provider, since, instance_id, succeeded, failed, latencies)
  select provider, since, $1, succeeded, failed, array(select value::bigint from json_array_elements_text(latencies) as value)
  from json_to_recordset($2::json) as g(provider text, since timestamptz, succeeded bigint, failed bigint, latencies json)
  on conflict (provider, since, instance_id) do update set succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed,
    latencies = array(select one + other from unnest(c.latencies, excluded.latencies) with ordinality as both_of(one, other, step) order by step)`;

const FORGET_COUNTS = `delete from provider_calls where since < now() - interval '10 minutes'`;

const HEALTH = `select provider, sum(succeeded)::bigint as succeeded, sum(failed)::bigint as failed,
    (select array_agg(total order by step) from (
       select step, sum(number)::bigint as total from provider_calls as own, unnest(own.latencies) with ordinality as counted(number, step)
       where own.provider = c.provider and own.since > now() - interval '5 minutes' group by step
     ) as steps) as latencies
  from provider_calls c where since > now() - interval '5 minutes' group by provider`;

/** Breakers and counts of calls in Postgres, shared by all processes. */
export function createProviderHealthStore(sql: SqlPool): ProviderHealthStore {
  return {
    async breakers() {
      return (await sql.named<BreakerRow>('breakers', BREAKERS, [])).map(toBreaker);
    },
    async closedBreakers() {
      const rows = await sql.query<Omit<BreakerRow, 'opened_at'> & { readonly opened_at: Date | null }>(CLOSED);
      return rows.map(({ provider, key, model, opened_at, last_error }) => ({
        provider,
        key,
        model,
        state: 'closed' as const,
        openedAt: opened_at,
        lastError: last_error,
      }));
    },
    async report(reports) {
      await sql.named('report_calls', 'select report_calls($1::json)', [JSON.stringify(reports.map(reportRow))]);
    },
    async claimProbe({ provider, key, model }, leaseS) {
      const values = [provider, key, model, leaseS];
      const [row] = await sql.query<{ until: Date | null }>('select claim_probe($1, $2, $3, $4) as until', values);
      return row?.until ?? null;
    },
    async leaseCalls(instanceId, { provider, limits, held, wanted, leaseS, aheadS }) {
      const { concurrent = null, requestsPerMinute = null } = limits;
      const values = [provider, instanceId, concurrent, requestsPerMinute, held, wanted, leaseS, aheadS];
      const [row] = await sql.named<{ granted: number; again_ms: number | null }>('lease_calls', LEASE, values);
      return { granted: row?.granted ?? 0, againMs: row?.again_ms ?? null };
    },
    async resetBreakers(provider) {
      await sql.query(
        `with closed as (delete from breakers where provider = $1 returning key, model, state)
         select pg_notify('atelier_breaker', ''), note_act('provider.reset_breakers', 'provider:' || $1, null,
           jsonb_build_object('closed', (select coalesce(jsonb_agg(to_jsonb(closed) order by key, model), '[]') from closed)))`,
        [provider],
      );
    },
    async addCounts(instanceId, counts) {
      await sql.named('add_provider_calls', ADD_COUNTS, [instanceId, JSON.stringify(counts)]);
      await sql.named('forget_provider_calls', FORGET_COUNTS, []);
    },
    async health() {
      const rows = await sql.query<HealthRow>(HEALTH);
      return new Map(rows.map((row) => [row.provider, toHealth(row)]));
    },
  };
}

function toBreaker(row: BreakerRow): Breaker {
  return {
    provider: row.provider,
    key: row.key,
    model: row.model,
    state: row.state,
    openedAt: row.opened_at,
    nextProbeAt: row.state === 'half_open' && row.probe_until !== null ? row.probe_until : row.next_probe_at,
    lastError: row.last_error,
  };
}

function reportRow({ rule, beganAt, ...report }: CallReport) {
  return {
    ...report,
    age_s: Math.max(0, (Date.now() - beganAt.getTime()) / 1_000),
    most_failures: rule.failures,
    window_s: rule.windowS,
    open_s: rule.openS,
  };
}

function toHealth({ succeeded, failed, latencies }: HealthRow): ProviderHealth {
  const requests = Number(succeeded + failed);
  const histogram = latencies.map(Number);
  return {
    requests,
    successRate: requests === 0 ? null : Number(succeeded) / requests,
    p50Ms: percentileMs(histogram, 0.5),
    p95Ms: percentileMs(histogram, 0.95),
  };
}
