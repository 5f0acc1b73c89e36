import type { AlertWatch, Backlog, BudgetState, FailingReceiver, NewNetwork, ProviderFaults, StuckRuns } from '../../../domain/alert/watch';
import type { SqlPool } from '../connection/pool';
import { historiesOf, spendingOf } from './spending';

/** $1 kinds, $2 team, $3 key, $4 per cent. */
const BUDGETS = `
  select a.id as "accountId", account_title(a.kind, a.team_id, a.key) as title, budget_length(a.period) as period, t.name as team,
    nullif(a.team_id, 0) as "teamId", a.granted as "limitMicroUsd", a.spent as "spentMicroUsd",
    case when isfinite(a.ends_at) then a.ends_at end as "resetsAt", spender.found as credential
  from accounts a left join teams t on t.id = a.team_id
  left join lateral (
    select json_build_object('id', k.id, 'name', k.name) as found from credentials k
    where k.id = case when a.kind = 'credential' then a.key::int else (
      select u.credential_id from usage_hours u where u.team_id = a.team_id and u.hour >= now() - interval '24 hours'
        and (a.kind = 'team' or a.kind = 'class' and u.class = a.key or a.kind = 'project' and u.project_id::text = a.key
             or a.kind = 'member' and u.member_id::text = a.key)
      group by 1 having sum(u.cost) > 0 order by sum(u.cost) desc limit 1) end
  ) as spender on true
  where a.limited and a.granted > 0 and a.spent * 100 >= a.granted * $4::bigint and a.starts_at <= now() and a.ends_at > now()
    and a.kind = any($1::text[]) and ($2::int is null or a.team_id = $2) and ($3::int is null or a.kind <> 'credential' or a.key = $3::int::text)
  order by a.id limit 1000`;

const TEAM = `json_build_object('id', t.id, 'name', t.name)`;
const KEY = `json_build_object('id', k.id, 'name', k.name)`;

/** $1 team. */
const RECEIVERS = `
  select ${TEAM} as team, host, count(*)::int as events, max(error) as "lastError"
  from (
    select c.team_id, substring(c.url from '^[a-z]+://([^/?#]+)') as host, c.attempts -> -1 ->> 'error' as error from callbacks c
    where c.status <> 'delivered' and c.created_at >= now() - interval '24 hours' and (c.tries >= 3 or c.status = 'failed')
      and ($1::int is null or c.team_id = $1)
    order by c.id desc limit 20000
  ) as failing join teams t on t.id = failing.team_id
  group by t.id, host order by count(*) desc limit 200`;

/** $1 team, $2 key, $3 model. What waits for the rate of its own key waits for its owner. */
const BACKLOG = `
  select count(*)::int as waiting, extract(epoch from now() - min(created_at))::float8 as "oldestS"
  from (
    select created_at from tasks where finished_at is null and status = 'queued' and phase is distinct from 'waiting_rate'
      and ($1::int is null or team_id = $1) and ($2::int is null or credential_id = $2) and ($3::text is null or model = $3)
    order by id limit 100000
  ) as waiting having count(*) > 0`;

/** $1 team, $2 key. */
const NETWORKS = `
  select ${TEAM} as team, ${KEY} as credential, n.network, n.first_seen_at as "firstSeenAt"
  from credential_networks n join credentials k on k.id = n.credential_id join teams t on t.id = k.team_id
  where n.first_seen_at >= now() - interval '24 hours' and ($1::int is null or t.id = $1) and ($2::int is null or k.id = $2)
    and exists (select from credential_networks o where o.credential_id = n.credential_id and o.first_seen_at < n.first_seen_at)
  order by n.first_seen_at limit 1000`;

/** $1 team, $2 minutes. */
const STUCK = `
  select ${TEAM} as team, count(*)::int as runs,
    (extract(epoch from now() - min(stuck.updated_at)) / 60)::float8 as minutes, (array_agg(stuck.id order by stuck.id))[1:5] as "taskIds"
  from (
    select id, team_id, updated_at from tasks where finished_at is null and phase is distinct from 'waiting_rate'
      and updated_at < now() - $2::float8 * interval '1 minute' and ($1::int is null or team_id = $1)
    order by id limit 20000
  ) as stuck join teams t on t.id = stuck.team_id
  group by t.id order by count(*) desc limit 200`;

/** $1 code, $2 provider. */
const FAULTS = `
  select provider, count(*)::int as calls, array_agg(distinct model) as models, (array_agg(task_id order by id desc))[1:5] as "taskIds"
  from (
    select * from provider_faults where at >= now() - interval '15 minutes' and code = $1 and ($2::text is null or provider = $2)
    order by at desc limit 20000
  ) as recent group by provider order by provider limit 200`;

/** What alerts look at, in Postgres. */
export function createAlertWatch(pool: SqlPool): AlertWatch {
  return {
    budgets: ({ teamId, credentialId }, kinds, percent) => pool.query<BudgetState>(BUDGETS, [kinds, teamId, credentialId, percent]),
    spending: (scope, fromMs, toMs) => spendingOf(pool, scope, fromMs, toMs),
    histories: (...asked) => historiesOf(pool, ...asked),
    failingReceivers: ({ teamId }) => pool.query<FailingReceiver>(RECEIVERS, [teamId]),
    async backlog({ teamId, credentialId }, model) {
      return (await pool.query<Backlog>(BACKLOG, [teamId, credentialId, model]))[0] ?? null;
    },
    newNetworks: ({ teamId, credentialId }) => pool.query<NewNetwork>(NETWORKS, [teamId, credentialId]),
    stuckRuns: ({ teamId }, minutes) => pool.query<StuckRuns>(STUCK, [teamId, minutes]),
    providerFaults: (code, provider) => pool.query<ProviderFaults>(FAULTS, [code, provider]),
  };
}
