-- Removes files that are past their end or their retention (`due_files`), and gives up their objects. Answers how many.
create or replace function expire_files(p_now timestamptz, p_limit int) returns int language sql as $$
  with gone as (
    delete from files f using due_files(p_now, p_limit) as due where f.id = due.id returning f.key, f.team_id, f.size_bytes
  ), given_up as (
    insert into removals (key) select key from gone on conflict do nothing
  ), told as (
    select note_retention(p_now, 'contents', team_id, count(*), sum(size_bytes)::bigint) from gone group by team_id
  )
  select (select count(*) from gone)::int + 0 * (select count(*) from told)::int
$$;
