-- What tasks are found by that are not in task_records: those that run, and those whose end no turn has taken in. p_team_id null: of all teams.
create or replace function late_records(p_team_id int)
  returns table (id text, team_id int, status text, created_at timestamptz, facets text[], words tsvector) language plpgsql stable
  set enable_seqscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
declare
  v_ids text[];
begin
  v_ids := array(
    select t.id from tasks t where t.finished_at is null and (p_team_id is null or t.team_id = p_team_id)
    union all
    select e.task_id from call_cursor c join events e on (e.transaction, e.id) > (c.transaction, c.event_id)
      where e.task_id is not null and (p_team_id is null or e.team_id = p_team_id)
    union all
    select i.task_id from task_record_inbox i where p_team_id is null or i.team_id = p_team_id);
  return query select * from records_of(v_ids, (select min(one collate "C") from unnest(v_ids) as one), (select max(one collate "C") from unnest(v_ids) as one));
end $$;
