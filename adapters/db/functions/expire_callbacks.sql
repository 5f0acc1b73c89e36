-- Deletes callbacks that are past their retention (`due_callbacks`). Answers how many.
create or replace function expire_callbacks(p_now timestamptz, p_limit int) returns int language sql as $$
  with due as materialized (
    select * from due_callbacks(p_now, p_limit)
  ), gone as (
    delete from callbacks c using due where c.id = due.id and c.status <> 'pending' returning due.team_id, due.bytes
  ), told as (
    select note_retention(p_now, 'callbacks', team_id, count(*), sum(bytes)::bigint) from gone group by team_id
  )
  select (select count(*) from gone)::int + 0 * (select count(*) from told)::int
$$;
