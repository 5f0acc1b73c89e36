-- The end of tasks: state, price, books and events of a group in one transaction. Listeners hang on `events`.
-- Statements that name tasks by a list also say between which ids these lie: `= any(list)` does not tell Postgres which partitions it needs,
-- a span does.
--
-- p_ids are distinct; p_results: the answers' bodies (or null), in the order of p_settlements. They travel apart because json_to_recordset
-- would refuse escapes that json keeps. Answers which of them ended now, and which exist at all (null when all ended now).
--
-- Of an image or video the settlement may bring what its attempt delivered and the assets made of it. `yields`: a task whose owner asked it to
-- end is left as it is, as it may have to end otherwise.
create or replace function settle_tasks(p_ids text[], p_settlements json, p_results json, out settled text[], out existing text[])
  language plpgsql set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  v_account_ids int[];
  v_now_ids int[];
  v_first text;
  v_last text;
  v_yielding text[];
begin
  v_yielding := array(select g.id from json_to_recordset(p_settlements) as g(id text, yields boolean) where g.yields);
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_ids) as id;
  -- Accounts come before tasks in the order of locks: which ones these are is read first, and again once they cannot change.
  v_account_ids := array(
    select distinct account_id from (select account_ids from tasks t where t.id = any(p_ids) and t.id between v_first and v_last) as t,
      unnest(t.account_ids) as account_id);
  perform 1 from accounts a where a.id = any(v_account_ids) order by a.id for update;
  with open as materialized (
    select t.id, t.account_ids from tasks t
    where t.id = any(p_ids) and t.id between v_first and v_last and t.finished_at is null
      and (t.cancel_requested_at is null or not t.id = any(v_yielding)) order by t.id for update
  )
  select array_agg(distinct open.id), array_agg(distinct account_id) into settled, v_now_ids
    from open left join lateral unnest(open.account_ids) as account_id on true;
  settled := coalesce(settled, '{}');
  if cardinality(settled) < cardinality(p_ids) then
    existing := array(select t.id from tasks t where t.id = any(p_ids) and t.id between v_first and v_last);
    if cardinality(settled) = 0 then return; end if;
  end if;
  if not v_now_ids <@ v_account_ids then
    -- Locks that are taken late could be out of order: the statement runs again.
    raise exception 'A budget of these tasks has just been set.' using errcode = 'serialization_failure';
  end if;
  v_account_ids := v_now_ids;
  if exists (select from rated_tasks r where r.task_id = any(settled)) then perform settle_rates(settled, p_settlements); end if;

  with ending as materialized (
    select g.*, t.*, least(greatest(g.cost, 0), t.reserved) as actual
    from rows from (
      json_to_recordset(p_settlements) as (
        id text, status text, cost bigint, cost_lines json, usage json, error json,
        attempt_n int, attempt_outcome text, attempt_error text, attempt_upstream text, attempt_cost bigint,
        provider_cost bigint, first_token_ms int, attempt_delivered json, assets json),
      json_array_elements(p_results)
    ) as g(id, status, cost, cost_lines, usage, error, attempt_n, attempt_outcome, attempt_error, attempt_upstream, attempt_cost,
           provider_cost, first_token_ms, attempt_delivered, assets, text_result)
    cross join lateral (
      select account_ids, reserved, team_id, campaign_id, callback_url is not null and campaign_id is null as has_callback,
             is_announced(endpoint) as announced
      from tasks where tasks.id = g.id and tasks.id between v_first and v_last offset 0
    ) as t
    where g.id = any(settled)
  ), task as (
    update tasks t set
      version = t.version + 1, status = e.status, phase = 'done', progress = case when e.status = 'succeeded' then 1 else t.progress end,
      updated_at = now(), finished_at = now(), settled_at = now(), held = 0, actual = e.actual,
      cost_lines = e.cost_lines, usage = e.usage, error = e.error, provider_cost = e.provider_cost, first_token_ms = e.first_token_ms,
      text_result = case when json_typeof(e.text_result) <> 'null' then e.text_result end
    from ending e where t.id = e.id and t.id = any(settled) and t.id between v_first and v_last
  ), entry as (
    insert into ledger (operation_key, kind, task_id, account_ids, held_delta, spent_delta)
    select id || ':settle', case when actual > 0 or status = 'succeeded' then 'settle' else 'release' end, id, account_ids, -reserved, actual
    from ending
  ), closed as (
    update attempts a set
      ended_at = now(),
      outcome = case when a.n = e.attempt_n then e.attempt_outcome when e.status = 'cancelled' then 'cancelled' else 'unknown' end,
      error_code = case when a.n = e.attempt_n then e.attempt_error else a.error_code end,
      upstream_id = case when a.n = e.attempt_n then coalesce(e.attempt_upstream, a.upstream_id) else a.upstream_id end,
      cost = case when a.n = e.attempt_n then e.attempt_cost else a.cost end,
      delivered = case when a.n = e.attempt_n then coalesce(e.attempt_delivered, a.delivered) else a.delivered end
    from ending e where a.task_id = e.id and a.task_id = any(settled) and a.task_id between v_first and v_last and a.ended_at is null
  ), asset as (
    insert into assets (id, team_id, task_id, index, kind, key, thumbnail_key, content_type, width, height, duration_s, bytes, sha256, revised_prompt, created_at)
    select o.id, o.team_id, o.task_id, o.index, o.kind, o.key, o.thumbnail_key, o.content_type, o.width, o.height, o.duration_s, o.bytes, o.sha256,
           o.revised_prompt, o.created_at
    from ending e cross join lateral json_to_recordset(e.assets) as o(
      id text, team_id int, task_id text, index int, kind text, key text, thumbnail_key text, content_type text, width int, height int,
      duration_s float8, bytes bigint, sha256 text, revised_prompt text, created_at timestamptz)
    order by o.id on conflict do nothing
  ), event as (
    insert into events (id, type, task_id, campaign_id, team_id, has_callback, announced)
    select 'evt_' || substr(id, 6), 'task.' || status, id, campaign_id, team_id, has_callback, announced from ending
  )
  update accounts a set held = a.held - moved.held, spent = a.spent + moved.spent
  from (
    select account_id, sum(reserved)::bigint as held, sum(actual)::bigint as spent
    from ending, unnest(account_ids) as account_id group by 1
  ) as moved
  where a.id = moved.account_id and a.id = any(v_account_ids);
end $$;
