-- Statements that name tasks by a list also say between which ids these lie: `= any(list)` does not tell Postgres which partitions it needs
-- (0013), a span does. And indexes for what took a walk through all the history.

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

-- Takes over the ends of tasks that are items. The caller may hold locks of tasks and accounts, not of campaigns.
create or replace function end_campaign_items(p_task_ids text[]) returns void language plpgsql
  set enable_seqscan = off set enable_nestloop = on set plan_cache_mode = force_generic_plan as $$
declare
  v_campaign_ids text[];
  v_id text;
  v_first text;
  v_last text;
begin
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_task_ids) as id;
  v_campaign_ids := array(select distinct t.campaign_id from tasks t where t.id = any(p_task_ids) and t.id between v_first and v_last and t.campaign_id is not null);
  perform 1 from campaigns where id = any(v_campaign_ids) order by id for update;
  with ended as (
    update campaign_items i set
      status = case t.status when 'succeeded' then 'succeeded' when 'cancelled' then 'cancelled' else 'failed' end, error = t.error
    from tasks t
    where i.task_id = any(p_task_ids) and i.status = 'running' and t.id = i.task_id and t.id = any(p_task_ids) and t.id between v_first and v_last
      and t.finished_at is not null
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

-- Sets what an account may spend in all, in micro-US-dollars (null: no limit), and books the difference. Makes the account when it is
-- missing. A limit below what is spent and held only stops further spending. Answers the account's id.
create or replace function set_account_limit(p_kind text, p_team_id int, p_key text, p_limit_micro_usd bigint) returns int language plpgsql as $$
declare
  v_account accounts;
  v_delta bigint;
  v_kind text;
begin
  perform open_account(p_kind, p_team_id, p_key, p_limit_micro_usd);
  select * into strict v_account from accounts where kind = p_kind and team_id = p_team_id and key = p_key for update;
  if v_account.limited = (p_limit_micro_usd is not null) and (not v_account.limited or v_account.granted = p_limit_micro_usd) then
    return v_account.id;
  end if;
  v_delta := case when p_limit_micro_usd is null then 0 else p_limit_micro_usd - v_account.granted end;
  v_kind := case when v_delta > 0 then 'grant' else 'adjust' end;
  update accounts set limited = p_limit_micro_usd is not null, granted = granted + v_delta where id = v_account.id;
  insert into ledger (operation_key, kind, account_ids, granted_delta, note)
    select format('account:%s:grant:%s', v_account.id, 1 + count(*)), v_kind, array[v_account.id], v_delta,
           case when p_limit_micro_usd is null then 'limit taken away' else 'limit changed' end
    from ledger where operation_key >= format('account:%s:grant:', v_account.id) and operation_key < format('account:%s:grant;', v_account.id);
  return v_account.id;
end $$;

-- Removes the contents of ended tasks whose team's retention has passed. A task that an open replay may take up waits. Answers how many.
create or replace function expire_tasks(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_ids text[];
  v_first text;
  v_last text;
begin
  v_ids := array(
    select due.id from teams m cross join lateral (
      select t.id from tasks t
      where t.team_id = m.id and t.finished_at is not null and t.contents_expired_at is null
        and t.finished_at <= p_now - m.retention_days * interval '24 hours'
        and not exists (select 1 from tasks r where r.replay_of = t.id and r.finished_at is null)
      order by t.finished_at limit p_limit for update skip locked
    ) as due where m.retention_days is not null limit p_limit);
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(v_ids) as id;
  update tasks t set version = t.version + 1, text_result = null, input = expired_input(t.type, t.input),
                     contents_expired_at = t.finished_at + m.retention_days * interval '24 hours'
    from teams m where t.id = any(v_ids) and t.id between v_first and v_last and m.id = t.team_id;
  update attempts set delivered = null where task_id = any(v_ids) and task_id between v_first and v_last and delivered is not null;
  delete from spool s using unnest(v_ids) as gone(id) where starts_with(s.key, 'staging/' || gone.id || '/');
  with expired as (
    update assets a set contents_expired_at = t.contents_expired_at, revised_prompt = null
    from tasks t where a.task_id = any(v_ids) and t.id = a.task_id and t.id between v_first and v_last returning a.key, a.thumbnail_key
  )
  insert into removals (key) select key from expired union select thumbnail_key from expired where thumbnail_key is not null
    on conflict do nothing;
  return cardinality(v_ids);
end $$;

-- The tasks that a run may still take a staged result from, each with all that replay it: open ones, and those that failed with a delivered
-- result until their retention ends, or for p_days when their team keeps everything.
create or replace function tasks_in_need(p_ids text[], p_now timestamptz, p_days int) returns setof text language sql stable as $$
  with recursive family(root, id) as (
    select id, id collate "C" from unnest(p_ids) as asked(id)
    union select family.root, t.id from family cross join lateral (select id from tasks where replay_of = family.id offset 0) as t
  )
  select distinct family.root from family cross join lateral (
    select id, team_id, status, finished_at, contents_expired_at from tasks where tasks.id = family.id offset 0
  ) as t left join teams m on m.id = t.team_id
  where t.finished_at is null
     or (t.status <> 'succeeded' and t.contents_expired_at is null
         and t.finished_at > p_now - coalesce(m.retention_days, p_days) * interval '24 hours'
         and (select true from attempts a where a.task_id = t.id and a.delivered is not null limit 1))
$$;

-- Lists of what did not succeed, and of pictures and films: few among many. Chats that succeed are in neither.
create index tasks_of_team_ended_badly on tasks (team_id, status, id) where status in ('failed', 'cancelled', 'expired');
create index tasks_of_team_media on tasks (team_id, type, id) where type <> 'text';
-- Deliveries that wait or failed; delivered ones are in neither.
create index callbacks_of_team_undelivered on callbacks (team_id, status, id) where status <> 'delivered';
-- Files that a long retention gives up at once are taken from the oldest on.
create index removals_by_age on removals (created_at, key);
