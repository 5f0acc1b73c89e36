-- Stores tasks that fit, with reservation, first attempt and idempotency key. The caller holds the accounts' locks.
-- p_account_ids: all accounts of the tasks. p_payer_accounts, p_classes, p_projects, p_owners: of their payers, which `payer` of a task points
-- into (from 1). p_inputs: the inputs, in the order of p_tasks.
create or replace function store_admitted(p_account_ids int[], p_payer_accounts text[], p_classes text[], p_projects int[], p_owners int[],
                                          p_tasks json, p_inputs json) returns void language plpgsql
  set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
  with member as materialized (
    select g.*, p_payer_accounts[g.payer]::int[] as account_ids, p_classes[g.payer] as credential_class, p_projects[g.payer] as project_id,
           p_owners[g.payer] as owner_id
    from rows from (
      json_to_recordset(p_tasks) as (
        id text, type text, operation text, endpoint text, model text, team_id int, team_name text, credential_id int,
        credential_name text, external_id text, metadata json, callback_url text, priority text,
        deadline_at timestamptz, replay_of text, campaign_id text, request_hash text, reserve bigint, skipped_routes json,
        payer int, route text, key text, attempt_provider text, attempt_model text, attempt_instance text, workflow_id text,
        output json, attempt_key text, attempt_served text, routing json, request json, phase text),
      json_array_elements(p_inputs)
    ) as g(id, type, operation, endpoint, model, team_id, team_name, credential_id, credential_name, external_id, metadata,
           callback_url, priority, deadline_at, replay_of, campaign_id, request_hash, reserve, skipped_routes, payer, route, key,
           attempt_provider, attempt_model, attempt_instance, workflow_id, output, attempt_key, attempt_served, routing, request, phase, input)
  ), task as (
    insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, started_at, input, team_id, team_name,
                       credential_id, credential_name, credential_class, project_id, owner_id, external_id, metadata, callback_url, priority, deadline_at,
                       replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, planned_workflow_id, output, routing, request)
    select id, type, operation, endpoint, model,
           case when attempt_provider is null then 'queued' else 'running' end,
           coalesce(phase, case when attempt_provider is null then 'waiting_capacity' else 'calling_provider' end),
           now(), now(), case when attempt_provider is not null then now() end, input, team_id, team_name,
           credential_id, credential_name, credential_class, project_id, owner_id, external_id, metadata, callback_url, priority, deadline_at,
           replay_of, campaign_id, request_hash, reserve, reserve, reserve, skipped_routes, account_ids, workflow_id, output, routing, request
    from member
  ), entry as (
    insert into ledger (operation_key, kind, task_id, account_ids, held_delta)
    select id || ':reserve', 'reserve', id, account_ids, reserve from member
  ), attempt as (
    insert into attempts (task_id, n, provider, model, key, served, started_at, outcome, instance_id)
    select id, 1, attempt_provider, attempt_model, attempt_key, attempt_served, now(), 'running', attempt_instance from member where attempt_provider is not null
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
