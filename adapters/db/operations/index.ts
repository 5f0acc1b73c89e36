import type { OperationsStore, ServingInstance, WorkLoad } from '../../../domain/operations/operations';
import type { SqlPool } from '../connection/pool';
import { SERVES } from '../upkeep/instances';

/** An operator looks at how much there is, not at how much exactly. */
const MOST = 100_000;

const AGE = (of: string) => `extract(epoch from now() - min(${of}))::float8`;

const TASKS = `
  select case type when 'text' then 'interactive' else 'media' end as queue, type as kind, credential_class as class,
    count(*) filter (where waits)::int as waiting, count(*) filter (where status = 'running')::int as running,
    count(*) filter (where phase = 'waiting_rate')::int as "heldByRate", ${AGE('created_at) filter (where waits')} as "oldestAgeS"
  from (
    select type, credential_class, status, phase, created_at, status = 'queued' and phase is distinct from 'waiting_rate' as waits
    from tasks where finished_at is null order by id limit ${MOST}
  ) as open group by type, credential_class`;

const CAMPAIGNS = `
  select 'campaign' as queue, kind, credential_class as class, least(sum(queued), ${MOST})::int as waiting, sum(running)::int as running,
    0 as "heldByRate", ${AGE('started_at) filter (where queued > 0')} as "oldestAgeS"
  from campaigns where status = 'running' group by kind, credential_class`;

const CALLBACKS = `
  select 'callback' as queue, kind, null as class, count(*) filter (where not is_tried)::int as waiting,
    count(*) filter (where is_tried)::int as running, 0 as "heldByRate", ${AGE('round_started_at) filter (where not is_tried')} as "oldestAgeS"
  from (
    select case when endpoint_id is null then 'callback' else 'webhook' end as kind, coalesce(quiet_until > now(), false) as is_tried, round_started_at
    from callbacks where status = 'pending' order by next_attempt_at limit ${MOST}
  ) as pending group by kind`;

const BATCHES = `
  select 'batch' as queue, 'batch' as kind, null as class, 0 as waiting, count(*)::int as running, 0 as "heldByRate", null::float8 as "oldestAgeS"
  from batches where status in ('validating', 'finalizing', 'cancelling') having count(*) > 0`;

const WORK = [TASKS, CAMPAIGNS, CALLBACKS, BATCHES].join(' union all ');

const PROVIDER_CALLS = `
  select a.provider, count(*)::int as calls
  from (select id from tasks where finished_at is null and started_at is not null order by id limit ${MOST}) as open
  join attempts a on a.task_id = open.id and a.outcome in ('running', 'accepted') group by a.provider`;

// The table begins with the team in its key: one short range for each.
const SPENT = `
  select coalesce(sum(own.cost), 0)::bigint as spent from teams t
  cross join lateral (select sum(cost) as cost from usage_hours u where u.team_id = t.id and u.hour >= $1) as own`;

const DELIVERIES = `
  select (select count(*) from (select from callbacks where status = 'pending' limit ${MOST}) as waiting)::int as pending,
    (select count(*) from (
       select from callbacks where status = 'failed' and created_at > now() - interval '1 day' limit ${MOST}) as lost)::int as failed`;

/** What operators ask of Postgres. */
export function createOperationsStore(pool: SqlPool): OperationsStore {
  return {
    work: () => pool.query<WorkLoad>(WORK),
    async providerCalls() {
      const rows = await pool.query<{ provider: string; calls: number }>(PROVIDER_CALLS);
      return new Map(rows.map(({ provider, calls }) => [provider, calls]));
    },
    instances: () =>
      pool.query<ServingInstance>(
        `select id, role, version, started_at as "startedAt", last_seen as "seenAt" from instances where ${SERVES} order by role, started_at, id limit 1000`,
      ),
    async spentSince(since) {
      return (await pool.query<{ spent: bigint }>(SPENT, [since]))[0]?.spent ?? 0n;
    },
    async openIncidents() {
      const rows = await pool.query<{ open: number }>(`select count(*)::int as open from incidents where resolved_at is null`);
      return rows[0]?.open ?? 0;
    },
    async deliveries() {
      return (await pool.query<{ pending: number; failed: number }>(DELIVERIES))[0] ?? { pending: 0, failed: 0 };
    },
    async version() {
      return (await pool.query<{ version: string }>(`select current_setting('server_version') as version`))[0]?.version ?? '';
    },
  };
}
