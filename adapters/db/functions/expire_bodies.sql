-- Removes bodies of calls that are over (see bodies_end), and gives up their objects. Those of a team on hold stay. Answers how many.
create or replace function expire_bodies(p_now timestamptz, p_limit int) returns int language sql as $$
  with due as (
    select call_id from (
      (select b.call_id from call_bodies b where b.expires_at <= p_now
         and not exists (select from legal_holds h where h.team_id = b.team_id and h.released_at is null) order by b.expires_at limit p_limit)
      union
      (select b.call_id from teams m cross join lateral (
         select call_id from call_bodies
         where team_id = m.id and created_at <= p_now - least((m.log_bodies ->> 'retention_days')::int, m.retention_days) * interval '24 hours'
         order by created_at limit p_limit) as b
       where (m.retention_days is not null or m.log_bodies is not null)
         and not exists (select from legal_holds h where h.team_id = m.id and h.released_at is null) limit p_limit)
    ) as either limit p_limit
  ), gone as (
    delete from call_bodies b using due where b.call_id = due.call_id returning b.key
  ), given_up as (
    insert into removals (key) select key from gone where key is not null on conflict do nothing
  )
  select count(*)::int from gone
$$;
