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
  update task_records r set words = '' where r.id = any(v_ids) and r.id between v_first and v_last;
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
