-- Files that came in with requests and are past their team's retention, once no task and no item of a campaign that still has its contents
-- names them, no template and no schedule. They belong to no class.
create or replace function due_inputs(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language sql stable as $$
  select due.* from teams m cross join lateral (select retention_days('contents', m.id, '') as days) as kept cross join lateral (
    select a.id, a.team_id, a.bytes from assets a
    where a.team_id = m.id and a.task_id is null and a.contents_expired_at is null
      and a.created_at <= p_now - kept.days * interval '24 hours'
      and not exists (select 1 from tasks t where (t.type <> 'text' or t.operation = 'transcription')
                        and input_assets(t.input) is not null and input_assets(t.input) @> array[a.id collate "default"])
      and not exists (select 1 from campaign_items i where i.type <> 'text' and input_assets(i.input) is not null
                        and input_assets(i.input) @> array[a.id collate "default"])
      and not exists (select from template_assets kept where kept.asset_id = a.id)
      and not exists (select 1 from schedules s where s.deleted_at is null and s.assets @> array[a.id collate "default"])
      -- A file that a task fetched from a link has the task's number.
      and not exists (select 1 from tasks own where own.id = 'task_' || substr(a.id, 7, 32) and own.contents_expired_at is null)
    order by a.created_at limit p_limit
  ) as due
  where kept.days is not null and not exists (select from legal_holds h where h.team_id = m.id and h.released_at is null) limit p_limit
$$;
