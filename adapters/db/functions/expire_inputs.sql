-- Removes files that came in with requests, once no task and no item of a campaign that still has its contents names them, no template and no
-- schedule.
create or replace function expire_inputs(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_ids text[];
begin
  v_ids := array(
    select due.id from teams m cross join lateral (
      select a.id from assets a
      where a.team_id = m.id and a.task_id is null and a.contents_expired_at is null
        and a.created_at <= p_now - m.retention_days * interval '24 hours'
        and not exists (select 1 from tasks t where (t.type <> 'text' or t.operation = 'transcription')
                          and input_assets(t.input) is not null and input_assets(t.input) @> array[a.id collate "default"])
        and not exists (select 1 from campaign_items i where i.type <> 'text' and input_assets(i.input) is not null
                          and input_assets(i.input) @> array[a.id collate "default"])
        and not exists (select from template_assets kept where kept.asset_id = a.id)
        and not exists (select 1 from schedules s where s.deleted_at is null and s.assets @> array[a.id collate "default"])
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
