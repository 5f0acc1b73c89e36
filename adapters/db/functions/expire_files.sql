-- Removes files that are past their end or their team's retention, and gives up their objects. Answers how many.
create or replace function expire_files(p_now timestamptz, p_limit int) returns int language sql as $$
  with due as (
    select id from (
      (select f.id from files f where f.expires_at <= p_now order by f.expires_at limit p_limit)
      union
      (select f.id from files f join teams m on m.id = f.team_id
         where f.created_at <= p_now - m.retention_days * interval '24 hours' order by f.created_at limit p_limit)
    ) as either limit p_limit
  ), gone as (
    delete from files f using due where f.id = due.id returning f.key
  ), given_up as (
    insert into removals (key) select key from gone on conflict do nothing
  )
  select count(*)::int from gone
$$;
