-- Retention: after a team's days the contents of what ended are removed; the row, its attempts, its cost and its books stay.

-- When the retention of the contents ended; null: they are kept.
alter table tasks add column contents_expired_at timestamptz;
alter table assets add column contents_expired_at timestamptz;
-- Items up to this index have lost their input.
alter table campaigns add column contents_expired_at timestamptz, add column contents_expired_through int not null default 0;

-- What still has contents, the longest ended first. Only the settlement touches it.
create index tasks_with_contents on tasks (team_id, finished_at) where finished_at is not null and contents_expired_at is null;
create index tasks_replays on tasks (replay_of) where replay_of is not null;
create index assets_inputs on assets (team_id, created_at) where task_id is null and contents_expired_at is null;

-- Objects that nothing names any more. Written in the transaction that gives them up, so that a crash leaves none behind.
create table removals (
  key text collate "C" primary key,
  created_at timestamptz not null default now()
);

-- The assets that an input names, null for none. By the text: operators of json would refuse escapes that json keeps. A quote inside a
-- string is escaped, so nothing that a user writes looks like this.
create function input_assets(p_input json) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct found[1]) from regexp_matches(p_input::text, '"assetId":"([^"\\]+)"', 'g') as found
$$;
create index tasks_input_assets on tasks using gin (input_assets(input)) where type <> 'text' and input_assets(input) is not null;
create index campaign_items_input_assets on campaign_items using gin (input_assets(input))
  where type <> 'text' and input_assets(input) is not null;

-- An input without its contents: the parameters of pictures and films stay, their drawn text does not.
create function expired_input(p_type text, p_input json) returns json language plpgsql immutable as $$
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

-- Removes the contents of ended tasks whose team's retention has passed. A task that an open replay may take up waits. Answers how many.
create function expire_tasks(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_ids text[];
begin
  v_ids := array(
    select due.id from teams m cross join lateral (
      select t.id from tasks t
      where t.team_id = m.id and t.finished_at is not null and t.contents_expired_at is null
        and t.finished_at <= p_now - m.retention_days * interval '24 hours'
        and not exists (select 1 from tasks r where r.replay_of = t.id and r.finished_at is null)
      order by t.finished_at limit p_limit for update skip locked
    ) as due where m.retention_days is not null limit p_limit);
  update tasks t set version = t.version + 1, text_result = null, input = expired_input(t.type, t.input),
                     contents_expired_at = t.finished_at + m.retention_days * interval '24 hours'
    from teams m where t.id = any(v_ids) and m.id = t.team_id;
  update attempts set delivered = null where task_id = any(v_ids) and delivered is not null;
  delete from spool s using unnest(v_ids) as gone(id) where starts_with(s.key, 'staging/' || gone.id || '/');
  with expired as (
    update assets a set contents_expired_at = t.contents_expired_at, revised_prompt = null
    from tasks t where a.task_id = any(v_ids) and t.id = a.task_id returning a.key, a.thumbnail_key
  )
  insert into removals (key) select key from expired union select thumbnail_key from expired where thumbnail_key is not null
    on conflict do nothing;
  return cardinality(v_ids);
end $$;

-- Removes files that came in with requests, once no task and no item of a campaign that still has its contents names them.
create function expire_inputs(p_now timestamptz, p_limit int) returns int language plpgsql as $$
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

-- Removes the inputs of items of campaigns that ended before their team's retention: a part of one campaign. Answers how many.
create function expire_campaign_items(p_now timestamptz, p_limit int) returns int language plpgsql as $$
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

-- The tasks that a run may still take a staged result from, each with all that replay it: open ones, and those that failed with a delivered
-- result until their retention ends, or for p_days when their team keeps everything.
create function tasks_in_need(p_ids text[], p_now timestamptz, p_days int) returns setof text language sql stable as $$
  with recursive family(root, id) as (
    select id, id collate "C" from unnest(p_ids) as asked(id)
    union select family.root, t.id from family join tasks t on t.replay_of = family.id
  )
  select distinct family.root from family join tasks t on t.id = family.id left join teams m on m.id = t.team_id
  where t.finished_at is null
     or (t.status <> 'succeeded' and t.contents_expired_at is null
         and t.finished_at > p_now - coalesce(m.retention_days, p_days) * interval '24 hours'
         and exists (select 1 from attempts a where a.task_id = t.id and a.delivered is not null))
$$;
