-- A database as migrations 0001-0009 left it: their text, the functions of that time, and rows of a small installation. Never edited.

set check_function_bodies = off;

-- What an account kind is called in a message.
create or replace function account_title(p_kind text) returns text language sql immutable as $$
  select case p_kind
    when 'credential' then 'This key''s limit' when 'class' then 'The team''s budget for this class of keys'
    when 'team' then 'The team''s budget' when 'month' then 'The team''s budget for this month' else 'The campaign''s budget' end
$$;

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
      outcome := case when v_earlier.request_hash = v_new.request_hash then 'repeat' else 'key_reused' end;
      task_id := v_earlier.task_id;
      return;
    end if;
  end if;
  if v_new.external_id is not null then
    select e.task_id into task_id from external_ids e where e.team_id = v_new.team_id and e.external_id = v_new.external_id;
    if found then
      outcome := case when (select t.request_hash from tasks t where t.id = task_id) = v_new.request_hash then 'repeat' else 'external_id_in_use' end;
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

-- Admission of a group of tasks. The row of the team's account is locked before anything is looked up, and every admission of a team
-- takes it, so two admissions of one team never overlap: what is looked up stays true until the commit, and no insert can collide.
-- This and store_admitted are called for every generation: their statements are planned once and written so that only an index can serve
-- them, whatever the tables' size was when they were planned (single values, `= any(...)`, no exists and no joins that could be turned around).
--
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

-- Tells those who deliver that an event was written. Equal notifications of one transaction are one.
create or replace function announce_callback() returns trigger language plpgsql as $$
begin
  perform pg_notify('atelier_callback', '');
  return null;
end $$;

-- Writes the intent of an attempt, unless the task is to end. Answers 'begun', 'exists', 'missing', the terminal status of the task, or
-- 'stop:' and the reason of stop_reason. What was begun before goes on: it may be paid for.
create or replace function begin_attempt(p_task_id text, p_n int, p_provider text, p_model text, p_key text, p_served text,
                                         p_instance_id text, p_deadline timestamptz)
  returns text language plpgsql as $$
declare
  v_task record;
  v_stop text;
begin
  select status, endpoint, finished_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.finished_at is not null then return v_task.status; end if;
  v_stop := stop_reason(p_task_id, p_deadline);
  if v_stop is not null then
    if exists (select from attempts where task_id = p_task_id and n = p_n) then return 'exists'; end if;
    return 'stop:' || v_stop;
  end if;
  insert into attempts (task_id, n, provider, model, key, served, started_at, outcome, instance_id)
    values (p_task_id, p_n, p_provider, p_model, p_key, p_served, now(), 'running', p_instance_id) on conflict do nothing;
  if not found then return 'exists'; end if;
  update tasks set version = version + 1, status = 'running', phase = 'calling_provider', updated_at = now(), started_at = coalesce(started_at, now())
    where id = p_task_id;
  if is_announced(v_task.endpoint) then perform pg_notify('atelier_task', p_task_id); end if;
  return 'begun';
end $$;

-- Half-opens a breaker whose time has come, for the one process that may send the one call: answers until when it has time for it; null: another has.
create or replace function claim_probe(p_provider text, p_key text, p_model text, p_lease_s double precision) returns timestamptz language plpgsql as $$
declare
  v_until timestamptz;
begin
  update breakers set state = 'half_open', probe_at = now(), probe_until = now() + make_interval(secs => p_lease_s)
    where provider = p_provider and key = p_key and model = p_model
      and ((state = 'open' and next_probe_at <= now()) or (state = 'half_open' and probe_until <= now()))
    returning probe_until into v_until;
  if v_until is null then return null; end if;
  perform pg_notify('atelier_breaker', '');
  return v_until;
end $$;

-- Ends a campaign when all its items have ended, and says that it changed. The caller holds its lock.
create or replace function close_campaign(p_id text) returns void language plpgsql as $$
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

-- The month's account of a team, in UTC.
create or replace function current_month() returns text language sql stable as $$
  select to_char(now() at time zone 'utc', 'YYYY-MM')
$$;

-- Takes the tasks, attempts and ledger rows of one old interval out of the history: select detach_partitions('20261201'), or 'first'. Their tables
-- stay in the database as they are, to be dumped and dropped. Balances stay: what the rows that leave add up to is carried forward as one
-- movement for each account, so that the books can be proved without them. Their tasks are then unknown: not shown, replayed or refunded.
create or replace function detach_partitions(p_name text) returns text language plpgsql as $$
declare
  v_open bigint;
  v_carried int;
begin
  if not exists (select 1 from pg_inherits where inhparent = 'tasks'::regclass and inhrelid = to_regclass('tasks_' || p_name)) or p_name = 'rest' then
    raise exception 'tasks has no partition tasks_%.', p_name;
  end if;
  if task_key(now()) < (select substring(pg_get_expr(relpartbound, oid) from $bound$ TO \('(task_[0-9a-f]{12})'\)$bound$) collate "C"
                        from pg_class where oid = to_regclass('tasks_' || p_name)) then
    raise exception 'tasks_% is still being written to.', p_name;
  end if;
  -- A refund is the only movement that still comes to an old partition; the others need not wait while this adds up.
  execute format('lock table %I in share mode', 'ledger_' || p_name);
  execute format('select count(*) from %I where finished_at is null', 'tasks_' || p_name) into v_open;
  if v_open > 0 then raise exception '% tasks of tasks_% have not ended.', v_open, p_name; end if;
  execute format('create temp table carried on commit drop as
    select account_id, sum(granted_delta) as granted, sum(held_delta) as held, sum(spent_delta) as spent
    from %I, unnest(account_ids) as account_id group by 1', 'ledger_' || p_name);
  execute format('alter table tasks detach partition %I', 'tasks_' || p_name);
  execute format('alter table ledger detach partition %I', 'ledger_' || p_name);
  execute format('alter table attempts detach partition %I', 'attempts_' || p_name);
  if p_name = 'first' then
    -- It also took the movements that belong to no task.
    perform new_partition('ledger', 'ledger_accounts');
    alter table ledger attach partition ledger_accounts for values from (minvalue) to ('task_');
  end if;
  insert into ledger (operation_key, kind, account_ids, granted_delta, held_delta, spent_delta, note)
    select format('account:%s:carried:%s', account_id, p_name), 'adjust', array[account_id], granted, held, spent, 'carried forward from ledger_' || p_name
    from carried order by account_id;
  get diagnostics v_carried = row_count;
  return format('tasks_%1$s, attempts_%1$s and ledger_%1$s are tables of their own; the balances of %2$s accounts are carried forward.', p_name, v_carried);
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

-- Makes the partitions of a table up to `ahead` intervals from p_now. Rows that came when none was made for them wait in the partition
-- <table>_rest, which then becomes an ordinary one: they are not moved. Answers how many were made.
create or replace function ensure_partitions(p_table text, p_now timestamptz) returns int language plpgsql as $$
declare
  v_from text;
  v_to text;
  v_name text;
  v_late text;
  v_until timestamptz := p_now;
  v_made int := 0;
begin
  for v_index in 1 .. (select ahead from partitioning) loop
    v_until := partition_end(v_until);
  end loop;
  if last_partition_key(p_table) >= task_key(v_until) then return 0; end if;
  -- Nobody waits behind this for long: the next turn of the housekeeping tries again.
  set local lock_timeout = '2s';
  -- One at a time, also with several processes; whoever waited finds them made.
  execute format('lock table %I in share update exclusive mode', p_table);
  loop
    v_from := last_partition_key(p_table);
    exit when v_from >= task_key(v_until);
    -- What lies behind all that is made now came from a clock that was wrong: it may stay where it is.
    execute format('select case when min(%1$I) < $1 then max(%1$I) end from %2$I',
                   case p_table when 'tasks' then 'id' when 'attempts' then 'task_id' else 'operation_key' end,
                   p_table || '_rest') into v_late using task_key(v_until);
    v_to := task_key(partition_end(coalesce(task_key_time(v_late), task_key_time(v_from))));
    v_name := format('%s_%s', p_table, to_char(task_key_time(v_from) at time zone 'utc', 'YYYYMMDD'));
    if v_late is null then
      perform new_partition(p_table, v_name);
    else
      execute format('alter table %I detach partition %I', p_table, p_table || '_rest');
      execute format('alter table %I rename to %I', p_table || '_rest', v_name);
      perform new_partition(p_table, p_table || '_rest');
    end if;
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', p_table, v_name, v_from, v_to);
    if v_late is not null then execute format('alter table %I attach partition %I default', p_table, p_table || '_rest'); end if;
    v_made := v_made + 1;
  end loop;
  return v_made;
end $$;

-- Removes the inputs of items of campaigns that ended before their team's retention: a part of one campaign. Answers how many.
create or replace function expire_campaign_items(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_campaign record;
  v_through int;
begin
  select c.id, c.total, c.contents_expired_through, c.finished_at + m.retention_days * interval '24 hours' as ended_at into v_campaign
    from campaigns c join teams m on m.id = c.team_id
    where c.contents_expired_through < c.total and c.finished_at <= p_now - m.retention_days * interval '24 hours'
    order by c.finished_at limit 1 for update of c skip locked;
  if not found then return 0; end if;
  v_through := least(v_campaign.total, v_campaign.contents_expired_through + p_limit);
  update campaign_items i set input = expired_input(i.type, i.input)
    where i.campaign_id = v_campaign.id and i.index > v_campaign.contents_expired_through and i.index <= v_through;
  update campaigns set contents_expired_at = coalesce(contents_expired_at, v_campaign.ended_at), contents_expired_through = v_through,
                       version = version + 1
    where id = v_campaign.id;
  return v_through - v_campaign.contents_expired_through;
end $$;

-- Removes files that came in with requests, once no task and no item of a campaign that still has its contents names them.
create or replace function expire_inputs(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_ids text[];
begin
  v_ids := array(
    select due.id from teams m cross join lateral (
      select a.id from assets a
      where a.team_id = m.id and a.task_id is null and a.contents_expired_at is null
        and a.created_at <= p_now - m.retention_days * interval '24 hours'
        and not exists (select 1 from tasks t where t.type <> 'text' and input_assets(t.input) is not null
                          and input_assets(t.input) @> array[a.id collate "default"])
        and not exists (select 1 from campaign_items i where i.type <> 'text' and input_assets(i.input) is not null
                          and input_assets(i.input) @> array[a.id collate "default"])
        -- A file that a task fetched from a link has the task's number.
        and not exists (select 1 from tasks own where own.id = 'task_' || substr(a.id, 7, 32) and own.contents_expired_at is null)
      order by a.created_at limit p_limit for update skip locked
    ) as due where m.retention_days is not null limit p_limit);
  with expired as (
    update assets a set contents_expired_at = a.created_at + m.retention_days * interval '24 hours'
    from teams m where a.id = any(v_ids) and m.id = a.team_id returning a.key, a.thumbnail_key
  )
  insert into removals (key) select key from expired union select thumbnail_key from expired where thumbnail_key is not null
    on conflict do nothing;
  return cardinality(v_ids);
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
  insert into removals (key)
    select kept.key from tasks t cross join lateral (values (stored_at(t.input)), (stored_at(t.text_result))) as kept(key)
    where t.id = any(v_ids) and t.id between v_first and v_last and kept.key is not null
    on conflict do nothing;
  update tasks t set version = t.version + 1, text_result = null, input = expired_input(t.type, t.input),
                     output = coalesce(expired_input(t.type, t.input) -> 'output', '{}'),
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

-- An input without its contents: the parameters of images and videos stay, the text of a watermark does not.
create or replace function expired_input(p_type text, p_input json) returns json language plpgsql immutable as $$
declare
  v_operation text := coalesce(substring(p_input::text from '"operation":"(\w+)"'), p_type);
  v_output jsonb := '{}';
begin
  if p_type = 'text' then
    return case v_operation when 'embedding' then json_build_object('operation', 'embedding', 'input', '', 'params', json_build_object())
                            else json_build_object('operation', 'chat', 'messages', json_build_array(), 'params', json_build_object()) end;
  end if;
  begin
    v_output := coalesce((p_input -> 'output')::jsonb, '{}') - 'watermark';
  exception when others then
    -- An escape in the input that the operators refuse.
    null;
  end;
  return json_build_object('operation', p_type, 'prompt', '', 'images', json_build_array(), 'output', v_output, 'params', json_build_object());
end $$;

-- The assets that an input names, null for none. By the text: operators of json would refuse escapes that json keeps. A quote inside a
-- string is escaped, so nothing that a user writes looks like this.
create or replace function input_assets(p_input json) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct found[1]) from regexp_matches(p_input::text, '"assetId":"([^"\\]+)"', 'g') as found
$$;

-- Tasks that wait for their answer on an open connection are not announced: announcing makes commits wait for each other.
create or replace function is_announced(p_endpoint text) returns boolean language sql immutable as $$
  select p_endpoint not in ('chat.completions', 'completions', 'messages', 'responses', 'embeddings')
$$;

-- Where the partitions of a table end.
create or replace function last_partition_key(p_table text) returns text language sql stable as $$
  select max(substring(pg_get_expr(c.relpartbound, c.oid) from $bound$ TO \('(task_[0-9a-f]{12})'\)$bound$) collate "C")
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = p_table::regclass
$$;

-- Makes an empty table that can become a partition; what a partitioned table cannot pass on is set here.
create or replace function new_partition(p_table text, p_name text) returns void language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints including storage including compression) with (%s)',
    p_name, p_table, case p_table
      when 'tasks' then 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05'
      when 'attempts' then 'fillfactor = 80' else 'fillfactor = 100' end);
  if p_table = 'ledger' then
    execute format('create trigger ledger_is_append_only before update or delete or truncate on %I for each statement execute function refuse_ledger_change()', p_name);
  end if;
end $$;

-- Listens to events: writes the callback that the caller asked for, under the event's id.
create or replace function on_event_callbacks() returns trigger language plpgsql as $$
begin
  if new.task_id is not null then
    insert into callbacks (id, task_id, team_id, type, url, next_attempt_at)
    select new.id, new.task_id, new.team_id, new.type, t.callback_url, now() from tasks t where t.id = new.task_id;
  else
    insert into callbacks (id, campaign_id, team_id, type, url, next_attempt_at)
    select new.id, new.campaign_id, new.team_id, new.type, c.callback_url, now() from campaigns c where c.id = new.campaign_id;
  end if;
  return null;
end $$;

-- Listens to events: the end of a task that is an item ends the item, and the last one its campaign. The first of a group takes all of it,
-- so that a campaign's row changes once for a group; the others then find their items ended.
create or replace function on_event_campaign_items() returns trigger language plpgsql as $$
begin
  if exists (select from campaign_items i where i.task_id = new.task_id and i.status = 'running') then
    perform end_campaign_items(array(
      select e.task_id from events e where e.transaction = new.transaction and e.task_id is not null and e.campaign_id is not null));
  end if;
  return null;
end $$;

-- Listens to events: tells those who look at a task or campaign that it changed. Equal notifications of one transaction are one.
create or replace function on_event_changes() returns trigger language plpgsql as $$
begin
  perform pg_notify('atelier_task', coalesce(new.task_id, new.campaign_id));
  return null;
end $$;

-- Makes an account when it is missing; one that exists stays as it is.
create or replace function open_account(p_kind text, p_team_id int, p_key text, p_limit bigint) returns void language plpgsql as $$
declare
  v_id int;
begin
  insert into accounts (kind, team_id, key, limited, granted)
    values (p_kind, p_team_id, p_key, p_limit is not null, coalesce(p_limit, 0))
    on conflict do nothing returning id into v_id;
  if v_id is not null and p_limit is not null then
    insert into ledger (operation_key, kind, account_ids, granted_delta, note)
      values (format('account:%s:grant:1', v_id), 'grant', array[v_id], p_limit, 'limit set when the account was made');
  end if;
end $$;

-- Makes the accounts that an admission needs and does not find: a month with the team's monthly limit, any other without one.
-- Sorted, so that two processes that make the same accounts wait for each other in one order; it holds no lock meanwhile.
create or replace function open_accounts(p_kinds text[], p_team_ids int[], p_keys text[]) returns void language sql as $$
  select open_account(kind, team_id, case when kind = 'month' then current_month() else key end,
                      case when kind = 'month' then (select monthly_limit_micro_usd from teams where id = team_id) end)
  from (select distinct * from unnest(p_kinds, p_team_ids, p_keys) as wanted(kind, team_id, key) order by 2, 1, 3) as sorted
$$;

-- The end of the interval that holds this time, in UTC.
create or replace function partition_end(p_at timestamptz) returns timestamptz language sql stable as $$
  select (date_trunc(every, p_at at time zone 'utc') + ('1 ' || every)::interval) at time zone 'utc' from partitioning
$$;

-- Gives back part of what a settled task cost. Answers 'refunded', 'repeated', 'missing', 'open', or 'too_much'.
create or replace function refund_task(p_task_id text, p_amount bigint, p_reason text) returns text language plpgsql as $$
declare
  v_task record;
  v_refunded bigint;
begin
  select id, account_ids, actual, settled_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.settled_at is null then return 'open'; end if;
  perform 1 from accounts where id = any(v_task.account_ids) order by id for update;
  perform 1 from ledger where operation_key = p_task_id || ':refund:' || p_reason;
  if found then return 'repeated'; end if;
  -- ';' is the character after ':', so this is every refund of the task.
  select coalesce(-sum(spent_delta), 0) into v_refunded from ledger
    where operation_key >= p_task_id || ':refund:' and operation_key < p_task_id || ':refund;';
  if v_refunded + p_amount > v_task.actual then return 'too_much'; end if;
  insert into ledger (operation_key, kind, task_id, account_ids, spent_delta)
    values (p_task_id || ':refund:' || p_reason, 'refund', p_task_id, v_task.account_ids, -p_amount);
  update accounts set spent = spent - p_amount where id = any(v_task.account_ids);
  return 'refunded';
end $$;

-- The ledger keeps what was written.
create or replace function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is append-only: correct a movement by adding another.';
end $$;

-- Moves breakers by what became of calls. Of each report: how many calls failed of the provider's own making (0: one succeeded), how long ago
-- the last of them began, and the provider's rule. Tells the readers of a change once the transaction is committed.
create or replace function report_calls(p_reports json) returns void language plpgsql as $$
declare
  r record;
  b breakers;
  v_recent timestamptz[];
  v_changed boolean := false;
begin
  for r in
    select * from json_to_recordset(p_reports) as g(provider text, key text, model text, failures int, error text, age_s double precision,
      most_failures int, window_s double precision, open_s double precision)
    order by provider, key, model
  loop
    if r.failures > 0 then
      insert into breakers (provider, key, model) values (r.provider, r.key, r.model) on conflict do nothing;
    end if;
    select * into b from breakers where provider = r.provider and key = r.key and model = r.model for update;
    continue when not found;
    if r.failures = 0 then
      -- What began before it opened says nothing of now.
      continue when b.state <> 'closed' and now() - make_interval(secs => r.age_s) < coalesce(b.probe_at, b.opened_at);
      update breakers set state = 'closed', failed_at = '{}', openings = 0, next_probe_at = null, probe_at = null, probe_until = null
        where provider = r.provider and key = r.key and model = r.model and state <> 'closed';
      v_changed := v_changed or found;
    elsif b.state = 'closed' then
      v_recent := array(select at from unnest(b.failed_at) as at where at > now() - make_interval(secs => r.window_s) order by at)
        || array_fill(now(), array[least(r.failures, r.most_failures)]);
      if cardinality(v_recent) < r.most_failures then
        update breakers set failed_at = v_recent, last_error = r.error where provider = r.provider and key = r.key and model = r.model;
      else
        update breakers set state = 'open', failed_at = '{}', opened_at = now(), openings = 1, last_error = r.error,
            next_probe_at = now() + make_interval(secs => r.open_s)
          where provider = r.provider and key = r.key and model = r.model;
        v_changed := true;
      end if;
    elsif b.state = 'half_open' and now() - make_interval(secs => r.age_s) >= b.probe_at then
      update breakers set state = 'open', opened_at = now(), openings = openings + 1, last_error = r.error, probe_at = null, probe_until = null,
          next_probe_at = now() + make_interval(secs => least(300, r.open_s * 2 ^ least(openings, 20)))
        where provider = r.provider and key = r.key and model = r.model;
      v_changed := true;
    end if;
  end loop;
  if v_changed then perform pg_notify('atelier_breaker', ''); end if;
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

-- The end of tasks: state, price, books and events of a group in one transaction. Listeners hang on `events`.
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
  v_first text;
  v_last text;
begin
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_ids) as id;
  with open as materialized (
    select t.id, t.account_ids from tasks t
    where t.id = any(p_ids) and t.id between v_first and v_last and t.finished_at is null order by t.id for update
  )
  select array_agg(distinct open.id), array_agg(distinct account_id) into settled, v_account_ids
    from open left join lateral unnest(open.account_ids) as account_id on true;
  settled := coalesce(settled, '{}');
  if cardinality(settled) < cardinality(p_ids) then
    existing := array(select t.id from tasks t where t.id = any(p_ids) and t.id between v_first and v_last);
    if cardinality(settled) = 0 then return; end if;
  end if;

  perform 1 from accounts a where a.id = any(v_account_ids) order by a.id for update;

  with ending as materialized (
    select g.*, t.*, least(greatest(g.cost, 0), t.reserved) as actual
    from rows from (
      json_to_recordset(p_settlements) as (
        id text, status text, cost bigint, cost_lines json, usage json, error json,
        attempt_n int, attempt_outcome text, attempt_error text, attempt_upstream text, attempt_cost bigint),
      json_array_elements(p_results)
    ) as g(id, status, cost, cost_lines, usage, error, attempt_n, attempt_outcome, attempt_error, attempt_upstream, attempt_cost, text_result)
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
  v_earlier text;
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
      select e.task_id into v_earlier from external_ids e where e.team_id = v_campaign.team_id and e.external_id = v_new.external_id;
      if not found and array_position(v_externals, v_new.external_id) is not null then
        v_earlier := v_task_ids[array_position(v_externals, v_new.external_id)];
      end if;
      if v_earlier is not null then
        clashed := clashed || p_indexes[v_place];
        clashed_with := clashed_with || v_earlier;
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

-- Why no purchase may begin for a task that has not ended: the code it ends with, or null. The one place for every such reason; the caller has
-- locked the task. p_deadline: a deadline beside the task's own, or null.
create or replace function stop_reason(p_task_id text, p_deadline timestamptz) returns text language sql stable as $$
  select case
    when t.cancel_requested_at is not null then 'cancelled'
    when least(t.deadline_at, p_deadline) <= clock_timestamp() then 'expired'
  end
  from tasks t where t.id = p_task_id
$$;

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
        accounts int[], route text, key text, attempt_provider text, attempt_model text, attempt_instance text, workflow_id text,
        output json, attempt_key text, attempt_served text, routing json),
      json_array_elements(p_inputs)
    ) as g(id, type, operation, endpoint, model, team_id, team_name, credential_id, credential_name, credential_class, external_id, metadata,
           callback_url, priority, deadline_at, replay_of, campaign_id, request_hash, reserve, skipped_routes, accounts, route, key,
           attempt_provider, attempt_model, attempt_instance, workflow_id, output, attempt_key, attempt_served, routing, input)
  ), task as (
    insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, started_at, input, team_id, team_name,
                       credential_id, credential_name, credential_class, external_id, metadata, callback_url, priority, deadline_at,
                       replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, planned_workflow_id, output, routing)
    select id, type, operation, endpoint, model,
           case when attempt_provider is null then 'queued' else 'running' end,
           case when attempt_provider is null then 'waiting_capacity' else 'calling_provider' end,
           now(), now(), case when attempt_provider is not null then now() end, input, team_id, team_name,
           credential_id, credential_name, credential_class, external_id, metadata, callback_url, priority, deadline_at,
           replay_of, campaign_id, request_hash, reserve, reserve, reserve, skipped_routes, account_ids, workflow_id, output, routing
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

-- Stores a task that does not fit as failed: seen by its owner, nothing held, no key taken, nobody called back.
create or replace function store_refused(p_task json, p_input json, p_error json) returns void language sql as $$
  insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, finished_at, input, team_id, team_name,
                     credential_id, credential_name, credential_class, metadata, callback_url, priority, deadline_at,
                     replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, error, refused,
                     output)
  select id, type, operation, endpoint, model, 'failed', 'done', now(), now(), now(), p_input, team_id, team_name,
         credential_id, credential_name, credential_class, metadata, callback_url, priority, deadline_at,
         replay_of, campaign_id, request_hash, reserve, 0, 0, skipped_routes, '{}', p_error, true, output
  from json_to_record(p_task) as g(
    id text, type text, operation text, endpoint text, model text, team_id int, team_name text, credential_id int,
    credential_name text, credential_class text, metadata json, callback_url text, priority text,
    deadline_at timestamptz, replay_of text, campaign_id text, request_hash text, reserve bigint, skipped_routes json, output json)
$$;

-- The key of the object that holds a task's input or text result, when the row only names it; null for the content itself. By the beginning of
-- the text, which is ours: a user's own "storedAt" stands further inside.
create or replace function stored_at(p_content json) returns text language sql immutable parallel safe as $$
  select substring(p_content::text from '^\{(?:"operation":"\w+",)?"storedAt":"(contents/task_[0-9a-f]+/\w+)"')
$$;

-- The first id of a task that is made at this time.
create or replace function task_key(p_at timestamptz) returns text language sql stable parallel safe as $$
  select 'task_' || lpad(to_hex(floor(extract(epoch from p_at) * 1000)::bigint), 12, '0')
$$;

-- The time at which ids begin with this key.
create or replace function task_key_time(p_key text) returns timestamptz language sql immutable parallel safe as $$
  select to_timestamp(('x' || substr(p_key, 6, 12))::bit(48)::bigint / 1000.0)
$$;

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

-- Tells that a campaign has ended, or its budget: writes the event. The event's id is its own and sorts by time.
create or replace function tell_campaign(p_id text, p_type text) returns void language sql as $$
  with told as (
    update campaigns set events = events + 1 where id = p_id returning id, team_id, callback_url, events
  )
  insert into events (id, type, campaign_id, team_id, has_callback, announced)
  select 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(id || ':' || events), 1, 20),
         'campaign.' || p_type, id, team_id, callback_url is not null, true
  from told
$$;

-- Raises the version and tells the readers, once the transaction is committed.
create or replace function touch_catalogue() returns bigint language plpgsql as $$
declare
  v_version bigint;
begin
  update catalogue_state set version = version + 1, changed_at = now() returning version into v_version;
  perform pg_notify('atelier_catalogue', '');
  return v_version;
end $$;

-- What is configured: providers, models, teams and their credentials. Rows are switched off, never deleted: tasks name them.
-- source 'config': kept equal to the configuration file; 'api': made by the administration, which the file leaves alone.

-- One row; the version rises with every change that readers must see.
create table catalogue_state (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 1,
  changed_at timestamptz not null default now()
);
insert into catalogue_state default values;

create table providers (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- kind, base_url and options; nothing secret
  definition jsonb not null,
  -- sealed JSON: api_key and headers, which may carry keys as well
  secrets_encrypted text not null,
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table models (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- position in the file: the order of lists
  position int not null,
  -- modality, tier, price (pico-US-dollars as text), routes, limits, capabilities and notes
  definition jsonb not null,
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table teams (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- null: no limit. Total and class budgets are the limits of accounts.
  monthly_limit_micro_usd bigint check (monthly_limit_micro_usd >= 0),
  callback_secret_encrypted text not null,
  -- null: kept for good
  retention_days int check (retention_days > 0),
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table credentials (
  id int generated always as identity primary key,
  team_id int not null references teams (id),
  name text collate "C" not null,
  class text not null check (class in ('production', 'test', 'script', 'personal')),
  -- SHA-256 of the key in hex: keys have full entropy. Null: the key went to another credential.
  key_hash text collate "C" unique,
  hint text not null,
  -- '{*}' or names of models
  models text[] not null,
  -- response_format of images whose request names none
  images_default text not null default 'b64_json' check (images_default in ('b64_json', 'url')),
  -- modality of GET /v1/models when the request names none; null: all
  models_default text check (models_default in ('text', 'image', 'video')),
  -- null: no limit
  limit_micro_usd bigint check (limit_micro_usd >= 0),
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- A revoked key never works again; the credential does once it has another key.
  revoked_at timestamptz,
  unique (team_id, name)
);

-- Accounts and the books. Money is micro-US-dollars (bigint).
-- Order of locks everywhere: tasks by id, then accounts by id, then campaigns by id.

create table accounts (
  id int generated always as identity primary key,
  kind text not null check (kind in ('credential', 'class', 'team', 'month', 'campaign')),
  team_id int not null,
  -- credential: its id; class: its name; team: ''; month: '2026-11' (UTC); campaign: its id
  key text collate "C" not null,
  limited boolean not null default false,
  granted bigint not null default 0 check (granted >= 0),
  held bigint not null default 0 check (held >= 0),
  spent bigint not null default 0 check (spent >= 0),
  created_at timestamptz not null default now(),
  unique (kind, team_id, key)
  -- Balances change with every generation and no index holds them, so that changes stay within the page.
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Rows are found by their operation key; the number only tells their order.
create sequence ledger_numbers as bigint;

-- One row per movement; a balance is the sum of its rows, always.
-- Partitioned by time (0006): a movement of a task begins with the task's id, movements of accounts sort before all of these.
create table ledger (
  id bigint not null default nextval('ledger_numbers'),
  -- '<task>:reserve', '<task>:settle' (kind settle or release: a task closes once), '<task>:refund:<reason>', 'account:<id>:grant:<n>',
  -- 'account:<id>:carried:<partition>'
  operation_key text collate "C" not null unique,
  kind text not null check (kind in ('grant', 'reserve', 'settle', 'release', 'refund', 'adjust')),
  task_id text collate "C",
  account_ids int[] not null,
  granted_delta bigint not null default 0,
  held_delta bigint not null default 0,
  spent_delta bigint not null default 0,
  note text,
  created_at timestamptz not null default now()
) partition by range (operation_key);

alter sequence ledger_numbers owned by ledger.id;

create trigger ledger_is_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_ledger_change();

-- Tasks, their attempts and files, and what finds them again.
-- There are no foreign keys between the busy tables: each would cost a lookup and a row lock per generation, and every row here is
-- written by a function that has just locked or written the row it belongs to.

-- Partitioned by time (0006): an id begins with the time at which it was made.
create table tasks (
  id text collate "C" primary key,
  version bigint not null default 1,
  type text not null,
  operation text not null,
  endpoint text not null,
  model text not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
  phase text not null,
  progress double precision not null default 0 check (progress between 0 and 1),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- json, not jsonb: keeps NUL escapes, numbers and the order of keys as they came, and is quicker to write.
  -- Large contents are in S3, and `input` and `text_result` name the object (function stored_at).
  input json not null,
  -- The creative parameters, for lists, which read neither input nor result.
  output json not null default '{}',
  team_id int not null,
  team_name text not null,
  credential_id int not null,
  credential_name text not null,
  credential_class text not null,
  external_id text collate "C",
  metadata json not null,
  callback_url text,
  priority text not null,
  deadline_at timestamptz,
  replay_of text collate "C",
  campaign_id text collate "C",
  request_hash text collate "C" not null,
  -- What the reservation may take at most; `reserved` was taken; `held` is taken now.
  estimated bigint not null check (estimated >= 0),
  reserved bigint not null check (reserved >= 0),
  held bigint not null check (held >= 0),
  actual bigint check (actual between 0 and reserved),
  settled_at timestamptz,
  cost_lines json,
  usage json,
  text_result json,
  error json,
  cancel_requested_at timestamptz,
  -- The workflow that adopted the task; `planned_workflow_id` was named at admission and may have ended before it had to adopt.
  workflow_id text,
  planned_workflow_id text,
  skipped_routes json not null,
  account_ids int[] not null,
  -- Did not fit its accounts: stored for its owner to see, never reserved.
  refused boolean not null default false,
  hidden_at timestamptz,
  -- When the history went to the archive, or was found to be gone.
  history_kept_at timestamptz,
  -- When the retention of the contents ended; null: they are kept.
  contents_expired_at timestamptz,
  check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled', 'expired')))
) partition by range (id);

-- Ids sort by time, so a team's newest tasks are one walk of this index.
create index tasks_of_team on tasks (team_id, id);
-- Lists of what did not succeed, and of images and videos: few among many. Chats that succeed are in neither.
create index tasks_of_team_ended_badly on tasks (team_id, status, id) where status in ('failed', 'cancelled', 'expired');
create index tasks_of_team_media on tasks (team_id, type, id) where type <> 'text';
-- A model that the team hardly used is found without a walk through all that it made.
create index tasks_of_team_model on tasks (team_id, model, id);
create index tasks_of_campaign on tasks (campaign_id, id) where campaign_id is not null;
create index tasks_open on tasks (id) where finished_at is null;
create index tasks_replays on tasks (replay_of) where replay_of is not null;
create index tasks_input_assets on tasks using gin (input_assets(input)) where type <> 'text' and input_assets(input) is not null;
create index tasks_failed on tasks (id) where error is not null and not refused;
-- Histories still to be kept. `error` and `finished_at` change together, once: the index costs a settlement nothing that others do not.
create index tasks_unkept on tasks (finished_at) where error is not null and not refused and history_kept_at is null;
-- What still has contents, the longest ended first. Only the settlement touches it.
create index tasks_with_contents on tasks (team_id, finished_at) where finished_at is not null and contents_expired_at is null;

-- Large inputs and answers compress several times faster with lz4; a server built without it keeps its default.
do $$ begin
  alter table tasks alter column input set compression lz4, alter column text_result set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Partitioned like tasks.
create table attempts (
  task_id text collate "C" not null,
  n int not null check (n >= 1),
  provider text not null,
  model text not null,
  started_at timestamptz not null,
  -- null while `running` and while `accepted`
  ended_at timestamptz,
  outcome text not null check (outcome in ('running', 'accepted', 'succeeded', 'failed', 'cancelled', 'unknown')),
  error_code text,
  upstream_id text,
  cost bigint not null default 0 check (cost >= 0),
  instance_id text,
  delivered json,
  error json,
  primary key (task_id, n)
) partition by range (task_id);

create table assets (
  id text collate "C" primary key,
  team_id int not null,
  task_id text collate "C",
  index int,
  kind text not null,
  key text not null,
  thumbnail_key text,
  content_type text not null,
  width int,
  height int,
  duration_s double precision,
  bytes bigint not null,
  sha256 text not null,
  revised_prompt text,
  created_at timestamptz not null,
  -- When the retention ended; null: the file is kept.
  contents_expired_at timestamptz
);
create index assets_of_task on assets (task_id, index) where task_id is not null;
create index assets_inputs on assets (team_id, created_at) where task_id is null and contents_expired_at is null;

-- Delivered bytes while the object store is away: rare, and removed as soon as they are stored.
create table spool (
  key text collate "C" primary key,
  bytes bytea not null,
  created_at timestamptz not null default now()
);

create table idempotency_keys (
  team_id int not null,
  route text collate "C" not null,
  key text collate "C" not null,
  request_hash text not null,
  task_id text collate "C" not null,
  created_at timestamptz not null default now(),
  primary key (team_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys using brin (created_at);

-- An external id is unique over all time: an index of `tasks` could promise it only within one partition, and looking one up must not
-- visit every part of the history.
create table external_ids (
  team_id int not null,
  external_id text collate "C" not null,
  task_id text collate "C" not null,
  primary key (team_id, external_id)
);

-- The archive of histories: of every run that ended with an error, kept in the object store beyond Temporal's retention.
create table histories (
  task_id text collate "C" primary key,
  -- Tasks of one text group share a workflow, and so an object.
  workflow_id text collate "C" not null,
  workflow_type text not null,
  run_id text not null,
  key text not null,
  -- False: the workflow went on for others of its group; its history is kept again once it has closed.
  complete boolean not null,
  kept_at timestamptz not null default now()
);
create index histories_incomplete on histories (kept_at) where not complete;

-- Campaigns and their items. What a campaign has spent and holds is in its account (kind 'campaign'), which is also its budget.
-- Items change only while their campaign's row is locked, so that the
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
  contents_expired_at timestamptz,
  -- Items up to this index have lost their input.
  contents_expired_through int not null default 0,
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

create index campaign_items_input_assets on campaign_items using gin (input_assets(input))
  where type <> 'text' and input_assets(input) is not null;

do $$ begin
  alter table campaign_items alter column input set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Events that are told to callback urls. An outbox: written with the end of what it tells of, delivered by a workflow of its own.
-- The row is the truth, its workflow only keeps the time.

create table callbacks (
  id text collate "C" primary key,
  task_id text collate "C",
  campaign_id text collate "C",
  team_id int not null,
  type text not null,
  url text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz,
  attempts json not null default '[]',
  -- Redeliveries asked for, counted from 1; a try that began in an older round decides nothing.
  round int not null default 1,
  round_started_at timestamptz not null default now(),
  -- Tries made in this round.
  tries int not null default 0,
  -- Somebody is at it: others leave it alone until then.
  quiet_until timestamptz
);
create index callbacks_of_team on callbacks (team_id, id);
create index callbacks_of_task on callbacks (task_id) where task_id is not null;
create index callbacks_of_campaign on callbacks (campaign_id) where campaign_id is not null;
create index callbacks_pending on callbacks (next_attempt_at) where status = 'pending';
-- Deliveries that wait or failed; delivered ones are not in it.
create index callbacks_of_team_undelivered on callbacks (team_id, status, id) where status <> 'delivered';

create trigger callback_written after insert on callbacks for each statement execute function announce_callback();

-- What keeps an installation in order: its processes, files to be removed, and the partitions of what grows with every generation.

create table instances (
  id text primary key,
  role text not null check (role in ('api', 'worker')),
  last_seen timestamptz not null
);

-- Objects that nothing names any more. Written in the transaction that gives them up, so that a crash leaves none behind.
create table removals (
  key text collate "C" primary key,
  created_at timestamptz not null default now()
);
-- Files that a long retention gives up at once are taken from the oldest on.
create index removals_by_age on removals (created_at, key);

-- Tasks and attempts are kept in partitions by the task's id, which begins with its time, the ledger by its operation key, which begins with
-- the task's id. Vacuum, the hot ends of the indexes and what an operator moves away stay as small as one partition, however long the
-- history is. This row says how long the partitions are that are made from now on, and how many are made ahead.
create table partitioning (
  only_row boolean primary key default true check (only_row),
  every text not null default 'month' check (every in ('month', 'week', 'day')),
  ahead int not null default 3 check (ahead between 1 and 60),
  -- Autovacuum looks at partitions only; plans over all of them need their statistics together.
  analysed_at timestamptz
);
insert into partitioning default values;

-- The first partition of each ends soon, so that it does not stay the largest; what no other takes goes to <table>_rest.
do $$
declare
  v_table text;
  v_bound text := task_key(date_trunc('hour', now()) + interval '2 hours');
begin
  foreach v_table in array array['tasks', 'attempts', 'ledger'] loop
    perform new_partition(v_table, v_table || '_first');
    execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', v_table, v_table || '_first', v_bound);
    perform new_partition(v_table, v_table || '_rest');
    execute format('alter table %I attach partition %I default', v_table, v_table || '_rest');
    perform ensure_partitions(v_table, now());
  end loop;
end $$;

-- What has ended, told once: a row is written in the transaction of the end, and nothing else tells a listener. Listeners in SQL are
-- triggers of this table (functions/on_event_<name>.sql) and act in that transaction too; others may follow the rows
-- (docs/decisions, "One port for events"). Events carry ids and what listeners are chosen by, no contents.

create table events (
  -- Followers read in the order of the key, up to the oldest transaction that has not ended.
  transaction xid8 not null default pg_current_xact_id(),
  -- 'evt_' and 32 hex digits; a task's event has the task's digits
  id text collate "C" not null,
  -- one of EVENT_TYPES (domain/events/event.ts)
  type text not null,
  -- the task that ended; null: the event is the campaign's own
  task_id text collate "C",
  -- the campaign, also the one that the task is an item of
  campaign_id text collate "C",
  team_id int not null,
  -- A callback_url was given for it.
  has_callback boolean not null,
  -- Somebody may wait for it elsewhere than on the connection of its request (function is_announced).
  announced boolean not null,
  at timestamptz not null default now(),
  primary key (transaction, id)
);

-- They fire in the order of their names. A condition spares the call of a function for every generation that it is not about.
create trigger callbacks after insert on events for each row when (new.has_callback) execute function on_event_callbacks();
create trigger campaign_items after insert on events for each row when (new.task_id is not null and new.campaign_id is not null)
  execute function on_event_campaign_items();
create trigger changes after insert on events for each row when (new.announced) execute function on_event_changes();

-- Which route serves a task: what its caller's hints and its reservation allow, and with which key and model of ours it was called.

-- null: the routes of the task's model
alter table tasks add column routing json;

-- key: which of the provider's keys; null: its one key. served: the model of ours that serves, when it is another one than the task's.
alter table attempts add column key text, add column served text;

-- What all processes know of providers together: whether an operator switched one off, and which of their keys and models fail.

alter table providers add column disabled_at timestamptz;

-- A row for each key and model of a provider that failed of late; none: calls may go out.
create table breakers (
  provider text collate "C" not null,
  key text collate "C" not null,
  model text collate "C" not null,
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- while closed: when the failures within the window happened
  failed_at timestamptz[] not null default '{}',
  opened_at timestamptz,
  -- how often it opened without closing in between
  openings int not null default 0,
  next_probe_at timestamptz,
  -- half open: since when, and until when the one call that may go out is waited for
  probe_at timestamptz,
  probe_until timestamptz,
  last_error text,
  primary key (provider, key, model)
);

-- Calls of one process to one provider within half a minute; latencies as a histogram. Written by each process every few seconds.
create table provider_calls (
  provider text collate "C" not null,
  since timestamptz not null,
  instance_id text collate "C" not null,
  succeeded bigint not null,
  failed bigint not null,
  latencies bigint[] not null,
  primary key (provider, since, instance_id)
);
create index provider_calls_since on provider_calls (since);

create table schema_functions (name text collate "C" primary key, checksum text not null);

insert into schema_functions values ('account_title', 'f340aa4b91db8f163de68438f598be59306e90e91725018d9b8f745228e2a2d9');

insert into schema_functions values ('admit_one', '56623e20c733b665dbaec721af68888ce1e83c7de05e7eb4aaaf72f5c0e878d4');

insert into schema_functions values ('admit_tasks', '65237a3898975df0c642c0fa8a981c398a68df1c7390797e2040fb776923df94');

insert into schema_functions values ('announce_callback', '7648afab8bbb2a39ca25f8df3849dac8bf433a76bcd9ba7769a48a1175dff9c8');

insert into schema_functions values ('begin_attempt', '221fd96038c469243f6e6abcca10ff34b10fe42aa450a9f9c04ef0562b0be845');

insert into schema_functions values ('claim_probe', '0a03160c52aadcdbbf00f37ee031b0455265606fced0666724ca41f240f28fb4');

insert into schema_functions values ('close_campaign', 'eb2ece1199d7e14a6dfb0cb66510928839228e6626abd3c3795888896ffda1e6');

insert into schema_functions values ('current_month', '68d5b17f7009add333b997e5df27480173c59974fe47f325805e48885a75c5c8');

insert into schema_functions values ('detach_partitions', '68753e8b7ffba95a2f87cfffc92ef73eb90cf10eccefb43ffe9ab62fcd50361a');

insert into schema_functions values ('end_campaign_items', '599c981f339c3e9c4d7bb61e002b260d22e46ef00a9588bfd8315799c2975eb0');

insert into schema_functions values ('ensure_partitions', '48ec6ec87ed4394b624ffd2de7493740df829bf31a6df1a45812447e1f21c14d');

insert into schema_functions values ('expire_campaign_items', 'a21828aa4937365598f34d1a5d36c89faf7127395061b546bda34932d762843e');

insert into schema_functions values ('expire_inputs', '048a4e4fd04df835f94a1f7af252de19c39d69672fa58cbab03f6c3ebf50a2be');

insert into schema_functions values ('expire_tasks', '481a72828d76c098c6936a69d6fb341a66983441e2d1853008acd6f416c7d8d1');

insert into schema_functions values ('expired_input', '7c0da647da9d88ddb4c4c44ee2f00fe039893165a36e3c9f7325f86ac28f6853');

insert into schema_functions values ('input_assets', '0ddcdaa8e902663a7c8cf424bede4f57744fefbe88ed43300d462f02ab7be1b1');

insert into schema_functions values ('is_announced', '79efef01d31d2bb4c36074b0ba8f70cfd354d5b8d571575299f4f407478492cb');

insert into schema_functions values ('last_partition_key', 'f3ef99b1d705f9ca3163b31fdc833ea1752f6a98ae4def9a625d65a6ac10583c');

insert into schema_functions values ('new_partition', 'cdbf9d8881e10e29501b560f8e42609e796276972b4c4bcc08d7990f08079585');

insert into schema_functions values ('on_event_callbacks', 'a11ffae7df29fc68a9f3b994d0df7eee3d3060dd728d3d6348399b9f853bfa14');

insert into schema_functions values ('on_event_campaign_items', 'b6caeac6a7ce2724484586c02ce23a3f0833363dfc026d276cd1dbe09cdf8316');

insert into schema_functions values ('on_event_changes', 'de0dd993ff51f246c978e8477dc667a492b5d280dd0900f17e4b34224f6b1698');

insert into schema_functions values ('open_account', '5ae20b7fdcd7f8b6faeb78f1fa315af9421525b892d8dd5e120a844cace882c1');

insert into schema_functions values ('open_accounts', 'b71890cf968cb9d09b6cca461906b49b151760360395f9f8fc7e7b5bea793106');

insert into schema_functions values ('partition_end', 'bd81647c9417b9486786622ca6dc4a5b85a2e1beb9b3132f6ded1dd9bcd043c9');

insert into schema_functions values ('refund_task', '3b05317d1ab6e381de4ef7b1b83be0573a41bb0379f12cbf4ae8da9f8bed2c0b');

insert into schema_functions values ('refuse_ledger_change', 'f3a7cbcfe76f0d230dd2a941a160d93bbffe02d2c1132b89fc2b31d896448a06');

insert into schema_functions values ('report_calls', '19a7223356ac17d5104001affeb564e4026f3b3fb8e71d872f338ca0e564bd70');

insert into schema_functions values ('set_account_limit', 'dd2de64cdd22b19a750fb76c61cfc7f504bc442209c94e883d4d36cfadb508b2');

insert into schema_functions values ('settle_tasks', '15a0f5ff44bb2672dc1b1c84a34466542855ea22b5bfdab53d24ef76f66395f5');

insert into schema_functions values ('start_campaign_items', 'eb25251ae6d03204baf7db84cecbbf8875199a11f0ac90ff97fcdef23609cd82');

insert into schema_functions values ('stop_reason', '1eab7af79bb24b1b1eca9d9dd131b2a123e2472a0af4dccab8506eb172f3b4f6');

insert into schema_functions values ('store_admitted', '71aa7544dbed53b4b5b3ff57c1f5337a4388ea7dbb83f86fcaf391029250d5c9');

insert into schema_functions values ('store_refused', '29d1da42d24099f0161f64e17a8cd9f8c8b11b9c4a1bf34035f733b722be17c6');

insert into schema_functions values ('stored_at', 'c2606e64c2741ef83a2131c8a432e6fa5a6acd6e94113c0abe6aa31a47a92e25');

insert into schema_functions values ('task_key', 'c52b0dc260b19444f51f8b6ac89c67af211289c26717b092ec9d0c108cb9242e');

insert into schema_functions values ('task_key_time', '895962a3143c84eb755eac90c8b3fdb9d81a45f8a5a81572d4c4a8c562474669');

insert into schema_functions values ('tasks_in_need', '3e143959ed46020b14d849982062f24d6ed2a93a1ae825a2ca7668670fd70aeb');

insert into schema_functions values ('tell_campaign', '8cf2bcc6e5dfd3226c91b98baa8843fea9e5d8bf7659789d3b548d5f0bfe690d');

insert into schema_functions values ('touch_catalogue', 'ba42da927a45cacb730a7a46bed04c43bd64012c38c75667229664b40bc3b91c');

create table knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);

create table knex_migrations_lock (index serial primary key, is_locked integer);

insert into knex_migrations_lock (is_locked) values (0);

insert into knex_migrations (name, batch, migration_time) values ('0001_catalogue.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0002_money.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0003_tasks.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0004_campaigns.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0005_callbacks.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0006_upkeep.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0007_events.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0008_routing.sql', 1, now());

insert into knex_migrations (name, batch, migration_time) values ('0009_provider_state.sql', 1, now());

set session_replication_role = replica;

delete from catalogue_state;

insert into catalogue_state overriding system value select * from json_populate_recordset(null::catalogue_state, $rows$[
{"only_row":true,"version":5,"changed_at":"2026-11-29T02:05:46.798287+00:00"}
]$rows$);

insert into providers overriding system value select * from json_populate_recordset(null::providers, $rows$[
{"id":1,"name":"sandbox","definition":{"kind": "sandbox", "baseUrl": null, "options": {}, "maxConcurrency": 16, "unknownOutcome": "stop", "honoursIdempotencyKey": false},"secrets_encrypted":"v1:876714d7d9c1:mMRKcg2MHdDYQNu9:wIhfN4Zn5NEHLMD2Rt7Dp_Hc4F3X9OUFov2G7ghQBbmmG3_8EnhTEdR2iA","source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00","disabled_at":null}
]$rows$);

insert into models overriding system value select * from json_populate_recordset(null::models, $rows$[
{"id":1,"name":"sandbox-text","position":0,"definition":{"tier": null, "notes": {"asOf": null, "source": null, "shutdownDate": null}, "price": {"kind": "per_token", "input": "250000", "output": "2000000", "cachedInput": "250000"}, "routes": [{"model": "sandbox-text", "weight": 1, "priority": 0, "provider": "sandbox"}], "modality": "text", "timeouts": {"idleMs": 120000, "totalMs": 600000, "submitMs": 60000, "firstByteMs": 30000, "wholeFirstByteMs": 600000}, "capabilities": {}, "callsPerRoute": 2, "contextWindow": null, "maxOutputTokens": 4096},"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":2,"name":"sandbox-image","position":1,"definition":{"tier": null, "notes": {"asOf": null, "source": null, "shutdownDate": null}, "price": {"kind": "per_image", "rows": [{"each": "20000000000", "size": null, "quality": null}]}, "routes": [{"model": "sandbox-image", "weight": 1, "priority": 0, "provider": "sandbox"}], "modality": "image", "timeouts": {"idleMs": 120000, "totalMs": 3600000, "submitMs": 60000, "firstByteMs": 30000, "wholeFirstByteMs": 3600000}, "capabilities": {}, "callsPerRoute": 2, "contextWindow": null, "maxOutputTokens": 4096},"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00"}
]$rows$);

insert into teams overriding system value select * from json_populate_recordset(null::teams, $rows$[
{"id":1,"name":"studio","monthly_limit_micro_usd":200000000,"callback_secret_encrypted":"v1:876714d7d9c1:4CrQZ9AAhcdeVLVo:g3UtKyB409RHo-YFoNRCJ8CAlcOepBslD4HAYTKDRsovugr-gSr2l-SnKy8HnvB0MYTsBdsl","retention_days":90,"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":2,"name":"lab","monthly_limit_micro_usd":null,"callback_secret_encrypted":"v1:876714d7d9c1:qUHsAP-1QQMQ5scm:-PHGq5z_qWJvTtRidvl8VLIrCTb0Y5xq1wtTU_gODCNKGiZRfUkbZQ55e67ulKRbEEHD92Z9AtVA1wsOGomB05b3","retention_days":null,"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00"}
]$rows$);

insert into credentials overriding system value select * from json_populate_recordset(null::credentials, $rows$[
{"id":1,"team_id":1,"name":"site","class":"production","key_hash":"21b25eee0ea8ae53ed3a44f20e3a0211eb0f2a0c8f309931516b24a5c5231bbe","hint":"sk-","models":["*"],"images_default":"b64_json","models_default":null,"limit_micro_usd":100000000,"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00","revoked_at":null},
{"id":2,"team_id":1,"name":"nightly","class":"test","key_hash":"6af53943de7e3b057491b32ae3563dcca8291f930834b3137b7c8462dda98cf2","hint":"sk-u","models":["sandbox-text"],"images_default":"b64_json","models_default":null,"limit_micro_usd":null,"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00","revoked_at":null},
{"id":3,"team_id":2,"name":"desk","class":"personal","key_hash":"88eff4f28b55f93ec75dee2592372d60107fb11e0929c5ab0ef55ef43e012495","hint":"sk-","models":["*"],"images_default":"url","models_default":"image","limit_micro_usd":null,"source":"config","enabled":true,"created_at":"2026-11-29T02:05:46.743547+00:00","updated_at":"2026-11-29T02:05:46.743547+00:00","revoked_at":null},
{"id":4,"team_id":1,"name":"script","class":"script","key_hash":"b2ef7e2b39dea8c52ec7386d342f504a66a41417988d807588a6ce761ad26a17","hint":"sk-","models":["*"],"images_default":"b64_json","models_default":null,"limit_micro_usd":5000000,"source":"api","enabled":true,"created_at":"2026-11-29T02:05:46.769308+00:00","updated_at":"2026-11-29T02:05:46.769308+00:00","revoked_at":null},
{"id":5,"team_id":2,"name":"old","class":"test","key_hash":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","hint":"sk-old","models":["*"],"images_default":"b64_json","models_default":null,"limit_micro_usd":null,"source":"api","enabled":true,"created_at":"2026-11-29T02:05:46.790714+00:00","updated_at":"2026-11-29T02:05:46.798287+00:00","revoked_at":"2026-11-29T02:05:46.798287+00:00"}
]$rows$);

insert into accounts overriding system value select * from json_populate_recordset(null::accounts, $rows$[
{"id":1,"kind":"class","team_id":1,"key":"personal","limited":false,"granted":0,"held":0,"spent":0,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":9,"kind":"class","team_id":2,"key":"production","limited":false,"granted":0,"held":0,"spent":0,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":10,"kind":"class","team_id":2,"key":"script","limited":false,"granted":0,"held":0,"spent":0,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":11,"kind":"class","team_id":2,"key":"test","limited":false,"granted":0,"held":0,"spent":0,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":15,"kind":"credential","team_id":2,"key":"5","limited":false,"granted":0,"held":0,"spent":0,"created_at":"2026-11-29T02:05:46.790714+00:00"},
{"id":2,"kind":"class","team_id":1,"key":"production","limited":false,"granted":0,"held":25501,"spent":499040,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":5,"kind":"credential","team_id":1,"key":"1","limited":true,"granted":100000000,"held":25501,"spent":499040,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":4,"kind":"class","team_id":1,"key":"test","limited":true,"granted":20000000,"held":19000000,"spent":149000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":6,"kind":"credential","team_id":1,"key":"2","limited":false,"granted":0,"held":19000000,"spent":149000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":8,"kind":"class","team_id":2,"key":"personal","limited":false,"granted":0,"held":0,"spent":34000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":12,"kind":"credential","team_id":2,"key":"3","limited":false,"granted":0,"held":0,"spent":34000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":13,"kind":"team","team_id":2,"key":"","limited":false,"granted":0,"held":0,"spent":34000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":22,"kind":"month","team_id":2,"key":"2026-11","limited":false,"granted":0,"held":0,"spent":34000,"created_at":"2026-11-29T02:05:46.83714+00:00"},
{"id":3,"kind":"class","team_id":1,"key":"script","limited":false,"granted":0,"held":0,"spent":124000,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":7,"kind":"team","team_id":1,"key":"","limited":true,"granted":500000000,"held":19025501,"spent":772040,"created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":14,"kind":"credential","team_id":1,"key":"4","limited":true,"granted":5000000,"held":0,"spent":124000,"created_at":"2026-11-29T02:05:46.769308+00:00"},
{"id":18,"kind":"month","team_id":1,"key":"2026-11","limited":true,"granted":200000000,"held":19025501,"spent":772040,"created_at":"2026-11-29T02:05:46.803037+00:00"},
{"id":24,"kind":"campaign","team_id":1,"key":"camp_01a2250d1fdf7ca89ecb288616de5e70","limited":true,"granted":10000,"held":500,"spent":40,"created_at":"2026-11-29T02:05:46.847346+00:00"}
]$rows$);

insert into ledger overriding system value select * from json_populate_recordset(null::ledger, $rows$[
{"id":1,"operation_key":"account:4:grant:1","kind":"grant","task_id":null,"account_ids":[4],"granted_delta":20000000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":2,"operation_key":"account:5:grant:1","kind":"grant","task_id":null,"account_ids":[5],"granted_delta":100000000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":3,"operation_key":"account:7:grant:1","kind":"grant","task_id":null,"account_ids":[7],"granted_delta":500000000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.743547+00:00"},
{"id":4,"operation_key":"account:14:grant:1","kind":"grant","task_id":null,"account_ids":[14],"granted_delta":5000000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.769308+00:00"},
{"id":5,"operation_key":"account:18:grant:1","kind":"grant","task_id":null,"account_ids":[18],"granted_delta":200000000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.803037+00:00"},
{"id":6,"operation_key":"task_01a2250d1fb07105bd44809d89dbff0d:reserve","kind":"reserve","task_id":"task_01a2250d1fb07105bd44809d89dbff0d","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":1000000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.804547+00:00"},
{"id":7,"operation_key":"task_01a2250d1fb07105bd44809d89dbff0d:settle","kind":"settle","task_id":"task_01a2250d1fb07105bd44809d89dbff0d","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":-1000000,"spent_delta":500000,"note":null,"created_at":"2026-11-29T02:05:46.813788+00:00"},
{"id":8,"operation_key":"task_01a2250d1fb07105bd44809d89dbff0d:refund:late","kind":"refund","task_id":"task_01a2250d1fb07105bd44809d89dbff0d","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":0,"spent_delta":-1000,"note":null,"created_at":"2026-11-29T02:05:46.822501+00:00"},
{"id":9,"operation_key":"task_01a2250d1fc872e3a8a49e8a39de8192:reserve","kind":"reserve","task_id":"task_01a2250d1fc872e3a8a49e8a39de8192","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":40000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.824606+00:00"},
{"id":10,"operation_key":"task_01a2250d1fc872e3a8a49e8a39de8192:settle","kind":"release","task_id":"task_01a2250d1fc872e3a8a49e8a39de8192","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":-40000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.826014+00:00"},
{"id":11,"operation_key":"task_01a2250d1fcb795bb29c48dc643f7a20:reserve","kind":"reserve","task_id":"task_01a2250d1fcb795bb29c48dc643f7a20","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":25000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.827982+00:00"},
{"id":12,"operation_key":"task_01a2250d1fcd75fca1b47467e3e9c45f:reserve","kind":"reserve","task_id":"task_01a2250d1fcd75fca1b47467e3e9c45f","account_ids":[2,5,7,18],"granted_delta":0,"held_delta":1,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.829789+00:00"},
{"id":13,"operation_key":"task_01a2250d1fce70409846d644bab682db:reserve","kind":"reserve","task_id":"task_01a2250d1fce70409846d644bab682db","account_ids":[4,6,7,18],"granted_delta":0,"held_delta":300000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.831397+00:00"},
{"id":14,"operation_key":"task_01a2250d1fce70409846d644bab682db:settle","kind":"settle","task_id":"task_01a2250d1fce70409846d644bab682db","account_ids":[4,6,7,18],"granted_delta":0,"held_delta":-300000,"spent_delta":150000,"note":null,"created_at":"2026-11-29T02:05:46.832889+00:00"},
{"id":15,"operation_key":"task_01a2250d1fce70409846d644bab682db:refund:late","kind":"refund","task_id":"task_01a2250d1fce70409846d644bab682db","account_ids":[4,6,7,18],"granted_delta":0,"held_delta":0,"spent_delta":-1000,"note":null,"created_at":"2026-11-29T02:05:46.834429+00:00"},
{"id":16,"operation_key":"task_01a2250d1fd379ff8b8eec06a65e728d:reserve","kind":"reserve","task_id":"task_01a2250d1fd379ff8b8eec06a65e728d","account_ids":[4,6,7,18],"granted_delta":0,"held_delta":19000000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.835574+00:00"},
{"id":17,"operation_key":"task_01a2250d1fd47069aa92d336ad42940e:reserve","kind":"reserve","task_id":"task_01a2250d1fd47069aa92d336ad42940e","account_ids":[8,12,13,22],"granted_delta":0,"held_delta":70000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.837862+00:00"},
{"id":18,"operation_key":"task_01a2250d1fd47069aa92d336ad42940e:settle","kind":"settle","task_id":"task_01a2250d1fd47069aa92d336ad42940e","account_ids":[8,12,13,22],"granted_delta":0,"held_delta":-70000,"spent_delta":35000,"note":null,"created_at":"2026-11-29T02:05:46.838803+00:00"},
{"id":19,"operation_key":"task_01a2250d1fd47069aa92d336ad42940e:refund:late","kind":"refund","task_id":"task_01a2250d1fd47069aa92d336ad42940e","account_ids":[8,12,13,22],"granted_delta":0,"held_delta":0,"spent_delta":-1000,"note":null,"created_at":"2026-11-29T02:05:46.839892+00:00"},
{"id":20,"operation_key":"task_01a2250d1fd87aefae8b574c3a276fd6:reserve","kind":"reserve","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","account_ids":[3,7,14,18],"granted_delta":0,"held_delta":250000,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.84087+00:00"},
{"id":21,"operation_key":"task_01a2250d1fd87aefae8b574c3a276fd6:settle","kind":"settle","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","account_ids":[3,7,14,18],"granted_delta":0,"held_delta":-250000,"spent_delta":125000,"note":null,"created_at":"2026-11-29T02:05:46.841769+00:00"},
{"id":22,"operation_key":"task_01a2250d1fd87aefae8b574c3a276fd6:refund:late","kind":"refund","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","account_ids":[3,7,14,18],"granted_delta":0,"held_delta":0,"spent_delta":-1000,"note":null,"created_at":"2026-11-29T02:05:46.842804+00:00"},
{"id":23,"operation_key":"account:24:grant:1","kind":"grant","task_id":null,"account_ids":[24],"granted_delta":10000,"held_delta":0,"spent_delta":0,"note":"limit set when the account was made","created_at":"2026-11-29T02:05:46.847346+00:00"},
{"id":24,"operation_key":"task_01a2250d1fe77dcda3df0ef1ad08a1a8:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef1ad08a1a8","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":25,"operation_key":"task_01a2250d1fe77dcda3df0ef276bf0c9c:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef276bf0c9c","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":26,"operation_key":"task_01a2250d1fe77dcda3df0ef30675e14b:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef30675e14b","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":27,"operation_key":"task_01a2250d1fe77dcda3df0ef47844e54d:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef47844e54d","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":28,"operation_key":"task_01a2250d1fe77dcda3df0ef5123a3f9f:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef5123a3f9f","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":29,"operation_key":"task_01a2250d1fe77dcda3df0ef61ab0af31:reserve","kind":"reserve","task_id":"task_01a2250d1fe77dcda3df0ef61ab0af31","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":100,"spent_delta":0,"note":null,"created_at":"2026-11-29T02:05:46.855959+00:00"},
{"id":30,"operation_key":"task_01a2250d1fe77dcda3df0ef1ad08a1a8:settle","kind":"settle","task_id":"task_01a2250d1fe77dcda3df0ef1ad08a1a8","account_ids":[2,5,7,18,24],"granted_delta":0,"held_delta":-100,"spent_delta":40,"note":null,"created_at":"2026-11-29T02:05:46.860536+00:00"}
]$rows$);

insert into tasks overriding system value select * from json_populate_recordset(null::tasks, $rows$[
{"id":"task_01a2250d1fb07105bd44809d89dbff0d","version":2,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"succeeded","phase":"done","progress":1,"created_at":"2026-11-29T02:05:46.804547+00:00","updated_at":"2026-11-29T02:05:46.813788+00:00","started_at":"2026-11-29T02:05:46.804547+00:00","finished_at":"2026-11-29T02:05:46.813788+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":"site-0","metadata":{"n":"0"},"callback_url":"https://example.com/hook","priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":1000000,"reserved":1000000,"held":0,"actual":500000,"settled_at":"2026-11-29T02:05:46.813788+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":{"body":{"id":"task_01a2250d1fb07105bd44809d89dbff0d","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"The sea is wide."}}]}},"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fc872e3a8a49e8a39de8192","version":2,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"failed","phase":"done","progress":0,"created_at":"2026-11-29T02:05:46.824606+00:00","updated_at":"2026-11-29T02:05:46.826014+00:00","started_at":"2026-11-29T02:05:46.824606+00:00","finished_at":"2026-11-29T02:05:46.826014+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":"site-1","metadata":{"n":"1"},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":40000,"reserved":40000,"held":0,"actual":0,"settled_at":"2026-11-29T02:05:46.826014+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":null,"error":{"code":"provider_unavailable","message":"gone","retryable":true,"providerCode":null,"providerMessage":null,"param":null},"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fcb795bb29c48dc643f7a20","version":1,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"running","phase":"calling_provider","progress":0,"created_at":"2026-11-29T02:05:46.827982+00:00","updated_at":"2026-11-29T02:05:46.827982+00:00","started_at":"2026-11-29T02:05:46.827982+00:00","finished_at":null,"input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":"site-2","metadata":{"n":"2"},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":25000,"reserved":25000,"held":25000,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fcd75fca1b47467e3e9c45f","version":1,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"running","phase":"calling_provider","progress":0,"created_at":"2026-11-29T02:05:46.829789+00:00","updated_at":"2026-11-29T02:05:46.829789+00:00","started_at":"2026-11-29T02:05:46.829789+00:00","finished_at":null,"input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":"site-3","metadata":{"n":"3"},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":1,"reserved":1,"held":1,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fce70409846d644bab682db","version":2,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"succeeded","phase":"done","progress":1,"created_at":"2026-11-29T02:05:46.831397+00:00","updated_at":"2026-11-29T02:05:46.832889+00:00","started_at":"2026-11-29T02:05:46.831397+00:00","finished_at":"2026-11-29T02:05:46.832889+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":2,"credential_name":"nightly","credential_class":"test","external_id":"nightly-0","metadata":{"n":"0"},"callback_url":"https://example.com/hook","priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":300000,"reserved":300000,"held":0,"actual":150000,"settled_at":"2026-11-29T02:05:46.832889+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":{"body":{"id":"task_01a2250d1fce70409846d644bab682db","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"The sea is wide."}}]}},"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[4,6,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fd379ff8b8eec06a65e728d","version":1,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"running","phase":"calling_provider","progress":0,"created_at":"2026-11-29T02:05:46.835574+00:00","updated_at":"2026-11-29T02:05:46.835574+00:00","started_at":"2026-11-29T02:05:46.835574+00:00","finished_at":null,"input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":2,"credential_name":"nightly","credential_class":"test","external_id":"nightly-1","metadata":{"n":"1"},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":19000000,"reserved":19000000,"held":19000000,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[4,6,7,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fd47069aa92d336ad42940e","version":2,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"succeeded","phase":"done","progress":1,"created_at":"2026-11-29T02:05:46.837862+00:00","updated_at":"2026-11-29T02:05:46.838803+00:00","started_at":"2026-11-29T02:05:46.837862+00:00","finished_at":"2026-11-29T02:05:46.838803+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":2,"team_name":"lab","credential_id":3,"credential_name":"desk","credential_class":"personal","external_id":"desk-0","metadata":{"n":"0"},"callback_url":"https://example.com/hook","priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":70000,"reserved":70000,"held":0,"actual":35000,"settled_at":"2026-11-29T02:05:46.838803+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":{"body":{"id":"task_01a2250d1fd47069aa92d336ad42940e","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"The sea is wide."}}]}},"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[8,12,13,22],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fd87aefae8b574c3a276fd6","version":2,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"succeeded","phase":"done","progress":1,"created_at":"2026-11-29T02:05:46.84087+00:00","updated_at":"2026-11-29T02:05:46.841769+00:00","started_at":"2026-11-29T02:05:46.84087+00:00","finished_at":"2026-11-29T02:05:46.841769+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":4,"credential_name":"script","credential_class":"script","external_id":"script-0","metadata":{"n":"0"},"callback_url":"https://example.com/hook","priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":250000,"reserved":250000,"held":0,"actual":125000,"settled_at":"2026-11-29T02:05:46.841769+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":{"body":{"id":"task_01a2250d1fd87aefae8b574c3a276fd6","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"The sea is wide."}}]}},"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[3,7,14,18],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fdb79149c94cb1794282ac6","version":1,"type":"text","operation":"chat","endpoint":"chat.completions","model":"sandbox-text","status":"failed","phase":"done","progress":0,"created_at":"2026-11-29T02:05:46.844008+00:00","updated_at":"2026-11-29T02:05:46.844008+00:00","started_at":null,"finished_at":"2026-11-29T02:05:46.844008+00:00","input":{"operation":"chat","messages":[{"role":"user","content":"Write one line about the sea, please."}],"params":{"temperature":0}},"output":{},"team_id":1,"team_name":"studio","credential_id":2,"credential_name":"nightly","credential_class":"test","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":null,"request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":19000000,"reserved":0,"held":0,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":{"code" : "insufficient_quota", "message" : "The team's budget for this class of keys has 0.851 USD left and this request may cost up to 19 USD. Raise the limit or send a smaller request.", "retryable" : false, "providerCode" : null, "providerMessage" : null, "param" : null},"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[],"refused":true,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef276bf0c9c","version":1,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"queued","phase":"waiting_capacity","progress":0,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.855959+00:00","started_at":null,"finished_at":null,"input":{"operation":"image","prompt":"a boat, number 2","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":100,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef30675e14b","version":1,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"queued","phase":"waiting_capacity","progress":0,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.855959+00:00","started_at":null,"finished_at":null,"input":{"operation":"image","prompt":"a boat, number 3","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":100,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef47844e54d","version":1,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"queued","phase":"waiting_capacity","progress":0,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.855959+00:00","started_at":null,"finished_at":null,"input":{"operation":"image","prompt":"a boat, number 4","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":100,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef5123a3f9f","version":1,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"queued","phase":"waiting_capacity","progress":0,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.855959+00:00","started_at":null,"finished_at":null,"input":{"operation":"image","prompt":"a boat, number 5","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":100,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef61ab0af31","version":1,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"queued","phase":"waiting_capacity","progress":0,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.855959+00:00","started_at":null,"finished_at":null,"input":{"operation":"image","prompt":"a boat, number 6","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":100,"actual":null,"settled_at":null,"cost_lines":null,"usage":null,"text_result":null,"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null},
{"id":"task_01a2250d1fe77dcda3df0ef1ad08a1a8","version":2,"type":"image","operation":"image","endpoint":"campaigns","model":"sandbox-text","status":"succeeded","phase":"done","progress":1,"created_at":"2026-11-29T02:05:46.855959+00:00","updated_at":"2026-11-29T02:05:46.860536+00:00","started_at":null,"finished_at":"2026-11-29T02:05:46.860536+00:00","input":{"operation":"image","prompt":"a boat, number 1","images":[],"output":{},"params":{}},"output":{},"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","external_id":null,"metadata":{},"callback_url":null,"priority":"normal","deadline_at":null,"replay_of":null,"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","estimated":100,"reserved":100,"held":0,"actual":40,"settled_at":"2026-11-29T02:05:46.860536+00:00","cost_lines":[{"item":"output_tokens","quantity":20,"unitUsd":"0.000002","usd":"0.00004"}],"usage":{"inputTokens":12,"cachedInputTokens":0,"outputTokens":20,"reasoningTokens":0,"images":0,"seconds":0,"estimated":false},"text_result":{"body":{"id":"task_01a2250d1fe77dcda3df0ef1ad08a1a8","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"The sea is wide."}}]}},"error":null,"cancel_requested_at":null,"workflow_id":null,"planned_workflow_id":null,"skipped_routes":[],"account_ids":[2,5,7,18,24],"refused":false,"hidden_at":null,"history_kept_at":null,"contents_expired_at":null,"routing":null}
]$rows$);

insert into attempts overriding system value select * from json_populate_recordset(null::attempts, $rows$[
{"task_id":"task_01a2250d1fb07105bd44809d89dbff0d","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.804547+00:00","ended_at":"2026-11-29T02:05:46.813788+00:00","outcome":"succeeded","error_code":null,"upstream_id":"chatcmpl-1","cost":40,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fc872e3a8a49e8a39de8192","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.824606+00:00","ended_at":"2026-11-29T02:05:46.826014+00:00","outcome":"succeeded","error_code":null,"upstream_id":"chatcmpl-1","cost":40,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fcb795bb29c48dc643f7a20","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.827982+00:00","ended_at":null,"outcome":"running","error_code":null,"upstream_id":null,"cost":0,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fcd75fca1b47467e3e9c45f","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.829789+00:00","ended_at":null,"outcome":"running","error_code":null,"upstream_id":null,"cost":0,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fce70409846d644bab682db","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.831397+00:00","ended_at":"2026-11-29T02:05:46.832889+00:00","outcome":"succeeded","error_code":null,"upstream_id":"chatcmpl-1","cost":40,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fd379ff8b8eec06a65e728d","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.835574+00:00","ended_at":null,"outcome":"running","error_code":null,"upstream_id":null,"cost":0,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fd47069aa92d336ad42940e","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.837862+00:00","ended_at":"2026-11-29T02:05:46.838803+00:00","outcome":"succeeded","error_code":null,"upstream_id":"chatcmpl-1","cost":40,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null},
{"task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","n":1,"provider":"sandbox","model":"sandbox-text","started_at":"2026-11-29T02:05:46.84087+00:00","ended_at":"2026-11-29T02:05:46.841769+00:00","outcome":"succeeded","error_code":null,"upstream_id":"chatcmpl-1","cost":40,"instance_id":"instance-1","delivered":null,"error":null,"key":null,"served":null}
]$rows$);

insert into idempotency_keys overriding system value select * from json_populate_recordset(null::idempotency_keys, $rows$[
{"team_id":1,"route":"/v1/chat/completions","key":"site-0","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fb07105bd44809d89dbff0d","created_at":"2026-11-29T02:05:46.804547+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"site-1","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fc872e3a8a49e8a39de8192","created_at":"2026-11-29T02:05:46.824606+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"site-2","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fcb795bb29c48dc643f7a20","created_at":"2026-11-29T02:05:46.827982+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"site-3","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fcd75fca1b47467e3e9c45f","created_at":"2026-11-29T02:05:46.829789+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"nightly-0","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fce70409846d644bab682db","created_at":"2026-11-29T02:05:46.831397+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"nightly-1","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fd379ff8b8eec06a65e728d","created_at":"2026-11-29T02:05:46.835574+00:00"},
{"team_id":2,"route":"/v1/chat/completions","key":"desk-0","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fd47069aa92d336ad42940e","created_at":"2026-11-29T02:05:46.837862+00:00"},
{"team_id":1,"route":"/v1/chat/completions","key":"script-0","request_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","created_at":"2026-11-29T02:05:46.84087+00:00"}
]$rows$);

insert into external_ids overriding system value select * from json_populate_recordset(null::external_ids, $rows$[
{"team_id":1,"external_id":"site-0","task_id":"task_01a2250d1fb07105bd44809d89dbff0d"},
{"team_id":1,"external_id":"site-1","task_id":"task_01a2250d1fc872e3a8a49e8a39de8192"},
{"team_id":1,"external_id":"site-2","task_id":"task_01a2250d1fcb795bb29c48dc643f7a20"},
{"team_id":1,"external_id":"site-3","task_id":"task_01a2250d1fcd75fca1b47467e3e9c45f"},
{"team_id":1,"external_id":"nightly-0","task_id":"task_01a2250d1fce70409846d644bab682db"},
{"team_id":1,"external_id":"nightly-1","task_id":"task_01a2250d1fd379ff8b8eec06a65e728d"},
{"team_id":2,"external_id":"desk-0","task_id":"task_01a2250d1fd47069aa92d336ad42940e"},
{"team_id":1,"external_id":"script-0","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6"}
]$rows$);

insert into campaigns overriding system value select * from json_populate_recordset(null::campaigns, $rows$[
{"id":"camp_01a2250d1fdf7ca89ecb288616de5e70","version":3,"team_id":1,"team_name":"studio","credential_id":1,"credential_name":"site","credential_class":"production","credential_models":["*"],"account_id":24,"name":"spring","status":"running","status_reason":null,"cancel_requested":false,"created_at":"2026-11-29T02:05:46.847346+00:00","started_at":"2026-11-29T02:05:46.847346+00:00","finished_at":null,"looked_at":null,"total":6,"queued":0,"running":5,"succeeded":1,"failed":0,"cancelled":0,"concurrency":8,"estimated":600,"callback_url":null,"metadata":{},"events":0,"contents_expired_at":null,"contents_expired_through":0}
]$rows$);

insert into campaign_items overriding system value select * from json_populate_recordset(null::campaign_items, $rows$[
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":2,"key":"sku-2","status":"running","task_id":"task_01a2250d1fe77dcda3df0ef276bf0c9c","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 2","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":3,"key":"sku-3","status":"running","task_id":"task_01a2250d1fe77dcda3df0ef30675e14b","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 3","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":4,"key":"sku-4","status":"running","task_id":"task_01a2250d1fe77dcda3df0ef47844e54d","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 4","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":5,"key":"sku-5","status":"running","task_id":"task_01a2250d1fe77dcda3df0ef5123a3f9f","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 5","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":6,"key":"sku-6","status":"running","task_id":"task_01a2250d1fe77dcda3df0ef61ab0af31","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 6","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
{"campaign_id":"camp_01a2250d1fdf7ca89ecb288616de5e70","index":1,"key":"sku-1","status":"succeeded","task_id":"task_01a2250d1fe77dcda3df0ef1ad08a1a8","tries":1,"error":null,"type":"image","model":"sandbox-image","input":{"operation":"image","prompt":"a boat, number 1","images":[],"output":{},"params":{}},"external_id":null,"metadata":{},"finish_within_s":null,"max_cost":null,"bound":100,"request_hash":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}
]$rows$);

insert into callbacks overriding system value select * from json_populate_recordset(null::callbacks, $rows$[
{"id":"evt_01a2250d1fb07105bd44809d89dbff0d","task_id":"task_01a2250d1fb07105bd44809d89dbff0d","campaign_id":null,"team_id":1,"type":"task.succeeded","url":"https://example.com/hook","status":"pending","created_at":"2026-11-29T02:05:46.813788+00:00","next_attempt_at":"2026-11-29T02:05:46.813788+00:00","attempts":[],"round":1,"round_started_at":"2026-11-29T02:05:46.813788+00:00","tries":0,"quiet_until":null},
{"id":"evt_01a2250d1fce70409846d644bab682db","task_id":"task_01a2250d1fce70409846d644bab682db","campaign_id":null,"team_id":1,"type":"task.succeeded","url":"https://example.com/hook","status":"pending","created_at":"2026-11-29T02:05:46.832889+00:00","next_attempt_at":"2026-11-29T02:05:46.832889+00:00","attempts":[],"round":1,"round_started_at":"2026-11-29T02:05:46.832889+00:00","tries":0,"quiet_until":null},
{"id":"evt_01a2250d1fd47069aa92d336ad42940e","task_id":"task_01a2250d1fd47069aa92d336ad42940e","campaign_id":null,"team_id":2,"type":"task.succeeded","url":"https://example.com/hook","status":"pending","created_at":"2026-11-29T02:05:46.838803+00:00","next_attempt_at":"2026-11-29T02:05:46.838803+00:00","attempts":[],"round":1,"round_started_at":"2026-11-29T02:05:46.838803+00:00","tries":0,"quiet_until":null},
{"id":"evt_01a2250d1fd87aefae8b574c3a276fd6","task_id":"task_01a2250d1fd87aefae8b574c3a276fd6","campaign_id":null,"team_id":1,"type":"task.succeeded","url":"https://example.com/hook","status":"pending","created_at":"2026-11-29T02:05:46.841769+00:00","next_attempt_at":"2026-11-29T02:05:46.841769+00:00","attempts":[],"round":1,"round_started_at":"2026-11-29T02:05:46.841769+00:00","tries":0,"quiet_until":null}
]$rows$);

set session_replication_role = origin;

select setval(pg_get_serial_sequence('providers', 'id'), (select max(id) from providers));

select setval(pg_get_serial_sequence('models', 'id'), (select max(id) from models));

select setval(pg_get_serial_sequence('teams', 'id'), (select max(id) from teams));

select setval(pg_get_serial_sequence('credentials', 'id'), (select max(id) from credentials));

select setval(pg_get_serial_sequence('accounts', 'id'), (select max(id) from accounts));

select setval('ledger_numbers', (select max(id) from ledger));
