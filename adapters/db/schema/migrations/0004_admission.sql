-- Admission of a group of tasks. The row of the team's account is locked before anything is looked up, and every admission of a team
-- takes it, so two admissions of one team never overlap: what is looked up stays true until the commit, and no insert can collide.
-- Both functions are called for every generation: their statements are planned once and written so that only an index can serve them,
-- whatever the tables' size was when they were planned (single values, `= any(...)`, no exists and no joins that could be turned around).

-- Stores tasks that fit, with reservation, first attempt and idempotency key. The caller holds the accounts' locks.
-- p_account_ids: the accounts that the tasks' `accounts` point into (from 1). p_inputs: the inputs, in the order of p_tasks.
create function store_admitted(p_account_ids int[], p_tasks json, p_inputs json) returns void language plpgsql
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
  )
  update accounts set held = held + hold.amount
  from (select account_id, sum(reserve)::bigint as amount from member, unnest(account_ids) as account_id group by 1) as hold
  where accounts.id = hold.account_id and accounts.id = any(p_account_ids);
end $$;

-- Stores a task that does not fit as failed: seen by its owner, nothing held, no key taken, nobody called back.
create function store_refused(p_task json, p_input json, p_error json) returns void language sql as $$
  insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, finished_at, input, team_id, team_name,
                     credential_id, credential_name, credential_class, metadata, callback_url, priority, deadline_at,
                     replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, error, refused)
  select id, type, operation, endpoint, model, 'failed', 'done', now(), now(), now(), p_input, team_id, team_name,
         credential_id, credential_name, credential_class, metadata, callback_url, priority, deadline_at,
         replay_of, campaign_id, request_hash, reserve, 0, 0, skipped_routes, '{}', p_error, true
  from json_to_record(p_task) as g(
    id text, type text, operation text, endpoint text, model text, team_id int, team_name text, credential_id int,
    credential_name text, credential_class text, metadata json, callback_url text, priority text,
    deadline_at timestamptz, replay_of text, campaign_id text, request_hash text, reserve bigint, skipped_routes json)
$$;

-- What an account kind is called in a message.
create function account_title(p_kind text) returns text language sql immutable as $$
  select case p_kind
    when 'credential' then 'This key''s limit' when 'class' then 'The team''s budget for this class of keys'
    when 'team' then 'The team''s budget' when 'month' then 'The team''s budget for this month' else 'The campaign''s budget' end
$$;

-- Decides one task, with the accounts' locks held, and stores it. Accounts are tried in the task's order; the first that is short refuses.
create function admit_one(p_account_ids int[], p_task json, p_input json, out outcome text, out task_id text, out account_kind text, out available bigint)
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
    select t.id, t.request_hash into v_earlier from tasks t where t.team_id = v_new.team_id and t.external_id = v_new.external_id;
    if found then
      outcome := case when v_earlier.request_hash = v_new.request_hash then 'twin' else 'external_id_in_use' end;
      task_id := v_earlier.id;
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
create function admit_tasks(p_kinds text[], p_team_ids int[], p_keys text[], p_needs bigint[], p_distinct boolean, p_tasks json, p_inputs json)
  returns table (outcome text, task_id text, account_kind text, available bigint)
  language plpgsql set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  v_month text := current_month();
  v_account_ids int[];
  v_fits boolean;
  v_inputs json[];
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
  if p_distinct and v_fits and not exists (
    select 1 from json_to_recordset(p_tasks) as g(id text, team_id int, external_id text, route text, key text)
    where (select t.id from tasks t where t.id = g.id) is not null
       or (g.key is not null and
           (select k.task_id from idempotency_keys k where k.team_id = g.team_id and k.route = g.route and k.key = g.key) is not null)
       or (g.external_id is not null and
           (select t.id from tasks t where t.team_id = g.team_id and t.external_id = g.external_id) is not null)
  ) then
    perform store_admitted(v_account_ids, p_tasks, p_inputs);
    return query select 'all_admitted', null::text, null::text, null::bigint;
    return;
  end if;
  v_inputs := array(select value from json_array_elements(p_inputs) with ordinality as e(value, place) order by place);
  for v_index in 0 .. json_array_length(p_tasks) - 1 loop
    return query select * from admit_one(v_account_ids, p_tasks -> v_index, v_inputs[v_index + 1]);
  end loop;
end $$;
