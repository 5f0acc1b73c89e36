-- Deletes archived histories that are past their retention (`due_histories`). A file that the histories of other tasks name stays. Answers how many.
create or replace function expire_histories(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_due jsonb := (select coalesce(jsonb_agg(due), '[]') from due_histories(p_now, p_limit) as due);
  v_workflows text[];
  v_keys text[];
  v_count int;
begin
  with gone as (
    delete from histories where task_id in (select due ->> 'id' from jsonb_array_elements(v_due) as due) returning task_id, workflow_id, key
  )
  select array_agg(distinct workflow_id), array_agg(distinct key), count(*) into v_workflows, v_keys, v_count from gone;
  insert into removals (key)
    select given_up.key from unnest(v_keys) as given_up(key)
    where not exists (select from histories h where h.workflow_id = any(v_workflows) and h.key = given_up.key)
    on conflict do nothing;
  perform note_retention(p_now, 'histories', (due ->> 'team_id')::int, count(*), 0) from jsonb_array_elements(v_due) as due group by due ->> 'team_id';
  return v_count;
end $$;
