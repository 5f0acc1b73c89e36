-- Deletes a file of a team unless something needs it, and answers what does: {"outcome": "deleted" | "missing" | "needed", "dependents": […]}.
-- Ended tasks only lose their replay, which p_force allows.
create or replace function delete_asset(p_id text, p_team_id int, p_force boolean) returns json language plpgsql as $$
declare
  c_most constant int := 100;
  v_key text;
  v_thumbnail_key text;
  v_dependents json[];
  v_broken boolean;
begin
  select key, thumbnail_key into v_key, v_thumbnail_key from assets a
    where a.id = p_id and a.deleted_at is null and (p_team_id is null or a.team_id = p_team_id) for update;
  if not found then return json_build_object('outcome', 'missing'); end if;
  with dependent as (
    select 1 as rank, t.id, json_build_object('type', 'template', 'id', t.id, 'name', t.name, 'versions', json_agg(a.version order by a.version)) as told, true as is_broken
      from template_assets a join templates t on t.id = a.template_id where a.asset_id = p_id group by t.id, t.name
    union all
    select 2, s.id, json_build_object('type', 'schedule', 'id', s.id, 'name', s.name), true
      from schedules s where s.deleted_at is null and s.assets @> array[p_id collate "default"]
    union all
    select 3, c.id, json_build_object('type', 'campaign', 'id', c.id, 'name', c.name, 'items', count(*)), true
      from campaign_items i join campaigns c on c.id = i.campaign_id
      where i.type <> 'text' and input_assets(i.input) is not null and input_assets(i.input) @> array[p_id collate "default"] and i.status = 'queued'
      group by c.id, c.name
    union all
    (select 4, t.id, json_build_object('type', 'task', 'id', t.id, 'isOpen', t.finished_at is null), t.finished_at is null
      from tasks t where (t.type <> 'text' or t.operation = 'transcription') and input_assets(t.input) is not null
        and input_assets(t.input) @> array[p_id collate "default"] and t.contents_expired_at is null
      order by t.finished_at is null desc, t.id desc limit c_most)
  )
  select (array_agg(told order by rank, is_broken desc, id desc))[1:c_most], coalesce(bool_or(is_broken), false) into v_dependents, v_broken from dependent;
  if v_broken or (v_dependents is not null and not p_force) then
    return json_build_object('outcome', 'needed', 'dependents', v_dependents);
  end if;
  update assets set deleted_at = now(), contents_expired_at = coalesce(contents_expired_at, now()), words = null, revised_prompt = null where id = p_id;
  insert into removals (key) select key from unnest(array[v_key, v_thumbnail_key]) as key where key is not null on conflict do nothing;
  return json_build_object('outcome', 'deleted');
end $$;
