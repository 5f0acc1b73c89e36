-- Removes the contents of ended tasks that are past their retention (`due_tasks`). Answers how many.
create or replace function expire_tasks(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_due jsonb := (select coalesce(jsonb_agg(due), '[]') from due_tasks(p_now, p_limit) as due);
  v_ids text[] := array(select due ->> 'id' from jsonb_array_elements(v_due) as due);
  v_first text := (select min(id collate "C") from unnest(v_ids) as id);
  v_last text := (select max(id collate "C") from unnest(v_ids) as id);
begin
  -- Several processes may have found the same.
  v_ids := array(select t.id from tasks t where t.id = any(v_ids) and t.id between v_first and v_last and t.contents_expired_at is null
                 for update skip locked);
  insert into removals (key)
    select kept.key from tasks t cross join lateral (values (stored_at(t.input)), (stored_at(t.text_result))) as kept(key)
    where t.id = any(v_ids) and t.id between v_first and v_last and kept.key is not null
    on conflict do nothing;
  update tasks t set version = t.version + 1, text_result = null, input = expired_input(t.type, t.input),
                     output = coalesce(expired_input(t.type, t.input) -> 'output', '{}'),
                     contents_expired_at = contents_over(t.team_id, t.credential_class, t.finished_at, t.id, t.campaign_id, p_now)
    where t.id = any(v_ids) and t.id between v_first and v_last;
  update task_records r set words = '' where r.id = any(v_ids) and r.id between v_first and v_last;
  update attempts set delivered = null where task_id = any(v_ids) and task_id between v_first and v_last and delivered is not null;
  delete from spool s using unnest(v_ids) as gone(id) where starts_with(s.key, 'staging/' || gone.id || '/');
  with expired as (
    update assets a set contents_expired_at = t.contents_expired_at, revised_prompt = null
    from tasks t where a.task_id = any(v_ids) and t.id = a.task_id and t.id between v_first and v_last returning a.key, a.thumbnail_key
  )
  insert into removals (key) select key from expired union select thumbnail_key from expired where thumbnail_key is not null
    on conflict do nothing;
  perform note_retention(p_now, 'contents', (due ->> 'team_id')::int, count(*), sum((due ->> 'bytes')::bigint)::bigint)
    from jsonb_array_elements(v_due) as due where due ->> 'id' = any(v_ids) group by due ->> 'team_id';
  return cardinality(v_ids);
end $$;
