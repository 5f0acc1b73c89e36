-- Campaigns and their items. What a campaign has spent and holds is in its account (kind 'campaign'), which is also its budget.
-- Order of locks: tasks by id, accounts by id, campaigns by id. Items change only while their campaign's row is locked, so that the
-- counts are always those of the items.

create table campaigns (
  id text collate "C" primary key,
  version bigint not null default 1,
  team_id int not null,
  team_name text not null,
  credential_id int not null,
  credential_name text not null,
  credential_class text not null,
  credential_models text[] not null,
  account_id int not null,
  name text,
  status text not null check (status in ('draft', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled')),
  status_reason text,
  -- Its end was asked for and items still run; the status is `running` meanwhile.
  cancel_requested boolean not null default false,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- When its workflow last looked; long ago or never: the workflow may be gone.
  looked_at timestamptz,
  total int not null default 0,
  queued int not null default 0 check (queued >= 0),
  running int not null default 0 check (running >= 0),
  succeeded int not null default 0 check (succeeded >= 0),
  failed int not null default 0 check (failed >= 0),
  cancelled int not null default 0 check (cancelled >= 0),
  concurrency int not null check (concurrency between 1 and 500),
  estimated bigint not null default 0 check (estimated >= 0),
  callback_url text,
  metadata json not null,
  -- Events told so far: each has a number of its own.
  events int not null default 0,
  check (queued + running + succeeded + failed + cancelled = total),
  check ((finished_at is not null) = (status in ('completed', 'cancelled')))
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index campaigns_of_team on campaigns (team_id, id);
create index campaigns_running on campaigns (id) where status = 'running';

create table campaign_items (
  campaign_id text collate "C" not null,
  -- From 1, in the order of submission.
  index int not null,
  key text collate "C" not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- The task of the latest try.
  task_id text collate "C",
  tries int not null default 0,
  error json,
  type text not null,
  model text not null,
  input json not null,
  external_id text,
  metadata json not null,
  finish_within_s double precision,
  max_cost bigint,
  bound bigint not null check (bound >= 0),
  request_hash text not null,
  primary key (campaign_id, index),
  unique (campaign_id, key)
) with (fillfactor = 80);
-- The next to start, those that failed, and the lists by status.
create index campaign_items_by_status on campaign_items (campaign_id, status, index);
create unique index campaign_items_of_task on campaign_items (task_id) where task_id is not null;

do $$ begin
  alter table campaign_items alter column input set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Writes an event of the campaign for its callback. Its id is its own and sorts by time.
create function tell_campaign(p_id text, p_type text) returns void language sql as $$
  with told as (
    update campaigns set events = events + 1 where id = p_id and callback_url is not null returning id, team_id, callback_url, events
  )
  insert into callbacks (id, campaign_id, team_id, type, url, next_attempt_at)
  select 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(id || ':' || events), 1, 20),
         id, team_id, 'campaign.' || p_type, callback_url, now()
  from told
$$;

-- Ends a campaign when all its items have ended, and says that it changed. The caller holds its lock.
create function close_campaign(p_id text) returns void language plpgsql as $$
declare
  v_status text;
begin
  update campaigns set status = case when cancel_requested then 'cancelled' else 'completed' end, status_reason = null, finished_at = now(),
                       version = version + 1
    where id = p_id and queued = 0 and running = 0 and status in ('running', 'paused', 'budget_exhausted')
    returning status into v_status;
  if v_status is not null then perform tell_campaign(p_id, v_status); end if;
  perform pg_notify('atelier_task', p_id);
end $$;

-- Takes over the ends of tasks that are items. The caller may hold locks of tasks and accounts, not of campaigns.
create function end_campaign_items(p_task_ids text[]) returns void language plpgsql
  set enable_seqscan = off set enable_nestloop = on set plan_cache_mode = force_generic_plan as $$
declare
  v_campaign_ids text[];
  v_id text;
begin
  v_campaign_ids := array(select distinct t.campaign_id from tasks t where t.id = any(p_task_ids) and t.campaign_id is not null);
  perform 1 from campaigns where id = any(v_campaign_ids) order by id for update;
  with ended as (
    update campaign_items i set
      status = case t.status when 'succeeded' then 'succeeded' when 'cancelled' then 'cancelled' else 'failed' end, error = t.error
    from tasks t
    where i.task_id = any(p_task_ids) and i.status = 'running' and t.id = i.task_id and t.id = any(p_task_ids) and t.finished_at is not null
    returning i.campaign_id, i.status
  ), moved as (
    select campaign_id, count(*) as ended, count(*) filter (where status = 'succeeded') as succeeded,
           count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'cancelled') as cancelled
    from ended group by 1
  )
  update campaigns c set version = c.version + 1, running = c.running - moved.ended, succeeded = c.succeeded + moved.succeeded,
                         failed = c.failed + moved.failed, cancelled = c.cancelled + moved.cancelled
    from moved where c.id = moved.campaign_id and c.id = any(v_campaign_ids);
  foreach v_id in array v_campaign_ids loop
    perform close_campaign(v_id);
  end loop;
end $$;

-- Admits the next items of a campaign, in order, as far as its window has places and all its accounts have room; tasks, reservations, items
-- and counts in one transaction. p_indexes, p_tries, p_tasks, p_inputs: the items, their tries so far, and what `store_admitted` stores
-- (`accounts` are positions in credential, class, team, month, campaign).
-- Answers `outcome`: 'accounts_missing' (call open_accounts, then again); 'stopped' (not running); 'going'; 'waiting' (the next does not fit
-- the budget until a running one has ended); 'exhausted' and 'paused' (it does not fit the campaign's budget, or another account: the
-- campaign's status says so now). `started`: indexes of the items that run. `clashed`: indexes whose external id is taken, by which task.
create function start_campaign_items(p_campaign_id text, p_indexes int[], p_tries int[], p_tasks json, p_inputs json,
                                     out outcome text, out started int[], out clashed int[], out clashed_with text[], out account_kind text)
  language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_campaign campaigns;
  v_account_ids int[];
  v_inputs json[] := array(select value from json_array_elements(p_inputs) with ordinality as e(value, place) order by place);
  v_place int;
  v_new record;
  v_twin text;
  v_taken bigint := 0;
  v_task_ids text[] := '{}';
  v_externals text[] := '{}';
  v_kept_tasks json[] := '{}';
  v_kept_inputs json[] := '{}';
begin
  started := '{}';
  clashed := '{}';
  clashed_with := '{}';
  select * into strict v_campaign from campaigns where id = p_campaign_id;
  v_account_ids := array[
    (select a.id from accounts a where a.kind = 'credential' and a.team_id = v_campaign.team_id and a.key = v_campaign.credential_id::text),
    (select a.id from accounts a where a.kind = 'class' and a.team_id = v_campaign.team_id and a.key = v_campaign.credential_class),
    (select a.id from accounts a where a.kind = 'team' and a.team_id = v_campaign.team_id and a.key = ''),
    (select a.id from accounts a where a.kind = 'month' and a.team_id = v_campaign.team_id and a.key = current_month()),
    v_campaign.account_id];
  if array_position(v_account_ids, null) is not null then
    outcome := 'accounts_missing';
    return;
  end if;
  perform 1 from accounts a where a.id = any(v_account_ids) order by a.id for update;
  select * into v_campaign from campaigns where id = p_campaign_id for update;
  if v_campaign.status <> 'running' or v_campaign.cancel_requested then
    outcome := 'stopped';
    return;
  end if;
  outcome := 'going';
  for v_place in 1 .. cardinality(p_indexes) loop
    exit when cardinality(started) >= v_campaign.concurrency - v_campaign.running;
    perform 1 from campaign_items i where i.campaign_id = p_campaign_id and i.index = p_indexes[v_place]
                                      and i.status = 'queued' and i.tries = p_tries[v_place];
    continue when not found;
    select * into v_new from json_to_record(p_tasks -> (v_place - 1)) as g(id text, external_id text, reserve bigint);
    if v_new.external_id is not null then
      select t.id into v_twin from tasks t where t.team_id = v_campaign.team_id and t.external_id = v_new.external_id;
      if not found and array_position(v_externals, v_new.external_id) is not null then
        v_twin := v_task_ids[array_position(v_externals, v_new.external_id)];
      end if;
      if v_twin is not null then
        clashed := clashed || p_indexes[v_place];
        clashed_with := clashed_with || v_twin;
        continue;
      end if;
    end if;
    select a.kind into account_kind from accounts a
      where a.id = any(v_account_ids) and a.limited and v_new.reserve > 0 and a.granted - a.spent - a.held - v_taken < v_new.reserve
      order by array_position(v_account_ids, a.id) limit 1;
    exit when found;
    v_taken := v_taken + v_new.reserve;
    started := started || p_indexes[v_place];
    v_task_ids := v_task_ids || v_new.id;
    v_externals := v_externals || v_new.external_id;
    v_kept_tasks := v_kept_tasks || (p_tasks -> (v_place - 1));
    v_kept_inputs := v_kept_inputs || v_inputs[v_place];
  end loop;

  if cardinality(started) > 0 then
    perform store_admitted(v_account_ids, to_json(v_kept_tasks), to_json(v_kept_inputs));
    update campaign_items i set status = 'running', task_id = s.task_id, tries = i.tries + 1, error = null
      from unnest(started, v_task_ids) as s(index, task_id) where i.campaign_id = p_campaign_id and i.index = s.index;
    update campaigns set version = version + 1, queued = queued - cardinality(started), running = running + cardinality(started)
      where id = p_campaign_id;
  end if;
  if account_kind = 'campaign' then
    outcome := case when v_campaign.running + cardinality(started) > 0 then 'waiting' else 'exhausted' end;
  elsif account_kind is not null then
    outcome := 'paused';
  end if;
  if outcome = 'exhausted' then
    update campaigns set version = version + 1, status = 'budget_exhausted' where id = p_campaign_id;
    perform tell_campaign(p_campaign_id, 'budget_exhausted');
  elsif outcome = 'paused' then
    update campaigns set version = version + 1, status = 'paused', status_reason = 'insufficient_quota' where id = p_campaign_id;
  end if;
  if cardinality(started) > 0 or outcome in ('exhausted', 'paused') then perform pg_notify('atelier_task', p_campaign_id); end if;
end $$;
