-- Takes ended tasks into task_records.
create or replace function keep_records(p_task_ids text[]) returns void language plpgsql
  set enable_seqscan = off set enable_mergejoin = off set enable_hashjoin = off as $$
begin
  insert into task_records (id, team_id, status, created_at, facets, words)
  select id, team_id, status, created_at, facets, words
  from records_of(p_task_ids, (select min(id collate "C") from unnest(p_task_ids) as id), (select max(id collate "C") from unnest(p_task_ids) as id))
  on conflict do nothing;
end $$;
