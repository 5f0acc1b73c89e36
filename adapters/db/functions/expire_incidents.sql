-- Deletes incidents that are past their retention (`due_incidents`) with the notices of them, and those of tests. Answers how many.
create or replace function expire_incidents(p_now timestamptz, p_limit int) returns int language sql as $$
  with due as materialized (
    select * from due_incidents(p_now, p_limit)
  ), gone as (
    delete from incidents i using due where i.id = due.id and i.resolved_at is not null returning due.team_id, due.bytes
  ), tests as (
    delete from notices where id in (
      select n.id from notices n where n.incident_id is null and n.ended_at <= p_now - retention_days('incidents', 0, '') * interval '24 hours'
      limit p_limit)
    returning 1
  ), told as (
    select note_retention(p_now, 'incidents', team_id, count(*), sum(bytes)::bigint) from gone group by team_id
  )
  select (select count(*) from gone)::int + (select count(*) from tests)::int + 0 * (select count(*) from told)::int
$$;
