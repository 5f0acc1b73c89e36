-- The end of tasks: state, price and books of a group in one transaction.
-- Statements that name tasks by a list also say between which ids these lie: `= any(list)` does not tell Postgres which partitions it needs,
-- a span does.
--
-- p_ids are distinct; p_results: the answers' bodies (or null), in the order of p_settlements. They travel apart because json_to_recordset
-- would refuse escapes that json keeps. Answers which of them ended now, and which exist at all (null when all ended now).
create or replace function settle_tasks(p_ids text[], p_settlements json, p_results json, out settled text[], out existing text[])
  language plpgsql set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  v_account_ids int[];
  v_announced boolean;
  v_called_back boolean;
  v_items boolean;
  v_first text;
  v_last text;
begin
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_ids) as id;
  with open as materialized (
    select t.id, t.account_ids, is_announced(t.endpoint) as announced, t.callback_url is not null and t.campaign_id is null as called_back,
           t.campaign_id is not null as item
    from tasks t where t.id = any(p_ids) and t.id between v_first and v_last and t.finished_at is null order by t.id for update
  )
  select array_agg(distinct open.id), array_agg(distinct account_id), bool_or(announced), bool_or(called_back), bool_or(item)
    into settled, v_account_ids, v_announced, v_called_back, v_items
    from open left join lateral unnest(open.account_ids) as account_id on true;
  settled := coalesce(settled, '{}');
  if cardinality(settled) < cardinality(p_ids) then
    existing := array(select t.id from tasks t where t.id = any(p_ids) and t.id between v_first and v_last);
    if cardinality(settled) = 0 then return; end if;
  end if;

  perform 1 from accounts a where a.id = any(v_account_ids) order by a.id for update;

  with ending as materialized (
    select g.*, t.account_ids, t.reserved, least(greatest(g.cost, 0), t.reserved) as actual
    from rows from (
      json_to_recordset(p_settlements) as (
        id text, status text, cost bigint, cost_lines json, usage json, error json,
        attempt_n int, attempt_outcome text, attempt_error text, attempt_upstream text, attempt_cost bigint),
      json_array_elements(p_results)
    ) as g(id, status, cost, cost_lines, usage, error, attempt_n, attempt_outcome, attempt_error, attempt_upstream, attempt_cost, text_result)
    cross join lateral (select account_ids, reserved from tasks where tasks.id = g.id and tasks.id between v_first and v_last offset 0) as t
    where g.id = any(settled)
  ), task as (
    update tasks t set
      version = t.version + 1, status = e.status, phase = 'done', progress = case when e.status = 'succeeded' then 1 else t.progress end,
      updated_at = now(), finished_at = now(), settled_at = now(), held = 0, actual = e.actual,
      cost_lines = e.cost_lines, usage = e.usage, error = e.error,
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
      cost = case when a.n = e.attempt_n then e.attempt_cost else a.cost end
    from ending e where a.task_id = e.id and a.task_id = any(settled) and a.task_id between v_first and v_last and a.ended_at is null
  )
  update accounts a set held = a.held - moved.held, spent = a.spent + moved.spent
  from (
    select account_id, sum(reserved)::bigint as held, sum(actual)::bigint as spent
    from ending, unnest(account_ids) as account_id group by 1
  ) as moved
  where a.id = moved.account_id and a.id = any(v_account_ids);

  if v_called_back then
    insert into callbacks (id, task_id, team_id, type, url, next_attempt_at)
    select 'evt_' || substr(t.id, 6), t.id, t.team_id, 'task.' || t.status, t.callback_url, now()
    from tasks t where t.id = any(settled) and t.id between v_first and v_last and t.callback_url is not null and t.campaign_id is null;
  end if;
  if v_items then perform end_campaign_items(settled); end if;
  if v_announced then
    perform pg_notify('atelier_task', t.id) from tasks t where t.id = any(settled) and t.id between v_first and v_last and is_announced(t.endpoint);
  end if;
end $$;
