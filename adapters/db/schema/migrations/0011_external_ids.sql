-- An external id is unique over all time. That is a table of its own, like the idempotency keys: an index of `tasks` can promise it only while
-- `tasks` is one table, and looking one up must not visit every part of the history.

create table external_ids (
  team_id int not null,
  external_id text collate "C" not null,
  task_id text collate "C" not null,
  primary key (team_id, external_id)
);

-- From here to the commit nothing is admitted, by this version or another.
lock table tasks in access exclusive mode;
insert into external_ids select team_id, external_id, id from tasks where external_id is not null;
drop index tasks_external_id;

-- Stores tasks that fit, with reservation, first attempt and idempotency key. The caller holds the accounts' locks.
-- p_account_ids: the accounts that the tasks' `accounts` point into (from 1). p_inputs: the inputs, in the order of p_tasks.
create or replace function store_admitted(p_account_ids int[], p_tasks json, p_inputs json) returns void language plpgsql
  set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
  with member as materialized (
    select g.*, array(select p_account_ids[i] from unnest(g.accounts) as i order by 1) as account_ids
    from rows from (
      json_to_recordset(p_tasks) as (
        id text, type text, operation text, endpoint text, model text, team_id int, team_name text, credential_id int,
        credential_name text, credential_class text, external_id text, metadata json, callback_url text, priority text,
        deadline_at timestamptz, replay_of text, campaign_id text, request_hash text, reserve bigint, skipped_routes json,
        accounts int[], route text, key text, attempt_provider text, attempt_model text, attempt_instance text, workflow_id text),
      json_array_elements(p_inputs)
    ) as g(id, type, operation, endpoint, model, team_id, team_name, credential_id, credential_name, credential_class, external_id, metadata,
           callback_url, priority, deadline_at, replay_of, campaign_id, request_hash, reserve, skipped_routes, accounts, route, key,
           attempt_provider, attempt_model, attempt_instance, workflow_id, input)
  ), task as (
    insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, started_at, input, team_id, team_name,
                       credential_id, credential_name, credential_class, external_id, metadata, callback_url, priority, deadline_at,
                       replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, planned_workflow_id)
    select id, type, operation, endpoint, model,
           case when attempt_provider is null then 'queued' else 'running' end,
           case when attempt_provider is null then 'waiting_capacity' else 'calling_provider' end,
           now(), now(), case when attempt_provider is not null then now() end, input, team_id, team_name,
           credential_id, credential_name, credential_class, external_id, metadata, callback_url, priority, deadline_at,
           replay_of, campaign_id, request_hash, reserve, reserve, reserve, skipped_routes, account_ids, workflow_id
    from member
  ), entry as (
    insert into ledger (operation_key, kind, task_id, account_ids, held_delta)
    select id || ':reserve', 'reserve', id, account_ids, reserve from member
  ), attempt as (
    insert into attempts (task_id, n, provider, model, started_at, outcome, instance_id)
    select id, 1, attempt_provider, attempt_model, now(), 'running', attempt_instance from member where attempt_provider is not null
  ), remembered as (
    insert into idempotency_keys (team_id, route, key, request_hash, task_id)
    select team_id, route, key, request_hash, id from member where key is not null
  ), named as (
    insert into external_ids (team_id, external_id, task_id)
    select team_id, external_id, id from member where external_id is not null
  )
  update accounts set held = held + hold.amount
  from (select account_id, sum(reserve)::bigint as amount from member, unnest(account_ids) as account_id group by 1) as hold
  where accounts.id = hold.account_id and accounts.id = any(p_account_ids);
end $$;

-- Decides one task, with the accounts' locks held, and stores it. Accounts are tried in the task's order; the first that is short refuses.
create or replace function admit_one(p_account_ids int[], p_task json, p_input json, out outcome text, out task_id text, out account_kind text, out available bigint)
  language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_new record;
  v_earlier record;
begin
  select * into v_new from json_to_record(p_task) as g(
    id text, team_id int, external_id text, request_hash text, reserve bigint, accounts int[], route text, key text);
  if exists (select 1 from tasks where id = v_new.id) then
    outcome := 'repeated';
    return;
  end if;
  if v_new.key is not null then
    select k.task_id, k.request_hash into v_earlier from idempotency_keys k
      where k.team_id = v_new.team_id and k.route = v_new.route and k.key = v_new.key;
    if found then
      outcome := case when v_earlier.request_hash = v_new.request_hash then 'twin' else 'key_reused' end;
      task_id := v_earlier.task_id;
      return;
    end if;
  end if;
  if v_new.external_id is not null then
    select e.task_id into task_id from external_ids e where e.team_id = v_new.team_id and e.external_id = v_new.external_id;
    if found then
      outcome := case when (select t.request_hash from tasks t where t.id = task_id) = v_new.request_hash then 'twin' else 'external_id_in_use' end;
      return;
    end if;
  end if;
  select a.kind, greatest(a.granted - a.spent - a.held, 0) into account_kind, available
    from accounts a, lateral array_position(v_new.accounts, array_position(p_account_ids, a.id)) as place
    where a.id = any(p_account_ids) and place is not null and v_new.reserve > 0 and a.limited and a.granted - a.spent - a.held < v_new.reserve
    order by place limit 1;
  if not found then
    outcome := 'admitted';
    perform store_admitted(p_account_ids, json_build_array(p_task), json_build_array(p_input));
    return;
  end if;
  outcome := 'refused';
  perform store_refused(p_task, p_input, json_build_object(
    'code', 'insufficient_quota',
    'message', format('%s has %s USD left and this request may cost up to %s USD. Raise the limit or send a smaller request.',
      account_title(account_kind), trim_scale(available / 1000000.0), trim_scale(v_new.reserve / 1000000.0)),
    'retryable', false, 'providerCode', null, 'providerMessage', null, 'param', null));
end $$;

-- Admits a group. p_kinds, p_team_ids, p_keys, p_needs: its distinct accounts and what the whole group needs of each; a task's `accounts`
-- are positions in them (from 1). p_distinct: no two members share an id, an idempotency key or an external id.
-- Answers one row 'all_admitted'; or one row 'accounts_missing' (call open_accounts, then again); or one row per member in order.
create or replace function admit_tasks(p_kinds text[], p_team_ids int[], p_keys text[], p_needs bigint[], p_distinct boolean, p_tasks json, p_inputs json)
  returns table (outcome text, task_id text, account_kind text, available bigint)
  language plpgsql set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  v_month text := current_month();
  v_account_ids int[];
  v_fits boolean;
  v_inputs json[];
  v_ids text[];
  v_first text;
  v_last text;
  v_named boolean;
  v_known boolean;
begin
  v_account_ids := array(
    select (select a.id from accounts a where a.kind = wanted.kind and a.team_id = wanted.team_id
              and a.key = case when wanted.kind = 'month' then v_month else wanted.key end)
    from unnest(p_kinds, p_team_ids, p_keys) with ordinality as wanted(kind, team_id, key, place) order by wanted.place);
  if array_position(v_account_ids, null) is not null then
    return query select 'accounts_missing', null::text, null::text, null::bigint;
    return;
  end if;
  select bool_and(not locked.limited or need = 0 or locked.available >= need) into v_fits from (
    select a.limited, a.granted - a.spent - a.held as available, p_needs[array_position(v_account_ids, a.id)] as need
    from accounts a where a.id = any(v_account_ids) order by a.id for update
  ) as locked;
  if p_distinct and v_fits then
    select array_agg(g.id), min(g.id collate "C"), max(g.id collate "C"), bool_or(g.key is not null or g.external_id is not null)
      into v_ids, v_first, v_last, v_named
      from json_to_recordset(p_tasks) as g(id text, external_id text, key text);
    v_known := (select t.id from tasks t where t.id = any(v_ids) and t.id between v_first and v_last limit 1) is not null;
    if v_named and not v_known then
      v_known := exists (
        select 1 from json_to_recordset(p_tasks) as g(team_id int, external_id text, route text, key text)
        where (g.key is not null and
               (select k.task_id from idempotency_keys k where k.team_id = g.team_id and k.route = g.route and k.key = g.key) is not null)
           or (g.external_id is not null and
               (select e.task_id from external_ids e where e.team_id = g.team_id and e.external_id = g.external_id) is not null));
    end if;
    if not v_known then
      perform store_admitted(v_account_ids, p_tasks, p_inputs);
      return query select 'all_admitted', null::text, null::text, null::bigint;
      return;
    end if;
  end if;
  v_inputs := array(select value from json_array_elements(p_inputs) with ordinality as e(value, place) order by place);
  for v_index in 0 .. json_array_length(p_tasks) - 1 loop
    return query select * from admit_one(v_account_ids, p_tasks -> v_index, v_inputs[v_index + 1]);
  end loop;
end $$;

-- Admits the next items of a campaign, in order, as far as its window has places and all its accounts have room; tasks, reservations, items
-- and counts in one transaction. p_indexes, p_tries, p_tasks, p_inputs: the items, their tries so far, and what `store_admitted` stores
-- (`accounts` are positions in credential, class, team, month, campaign).
-- Answers `outcome`: 'accounts_missing' (call open_accounts, then again); 'stopped' (not running); 'going'; 'waiting' (the next does not fit
-- the budget until a running one has ended); 'exhausted' and 'paused' (it does not fit the campaign's budget, or another account: the
-- campaign's status says so now). `started`: indexes of the items that run. `clashed`: indexes whose external id is taken, by which task.
create or replace function start_campaign_items(p_campaign_id text, p_indexes int[], p_tries int[], p_tasks json, p_inputs json,
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
      select e.task_id into v_twin from external_ids e where e.team_id = v_campaign.team_id and e.external_id = v_new.external_id;
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
