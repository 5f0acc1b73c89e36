-- Files (`/v1/files`) that are past their end or their team's retention. They belong to no class.
create or replace function due_files(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language sql stable as $$
  with held as (select h.team_id from legal_holds h where h.released_at is null and h.team_id is not null)
  select either.* from (
    (select f.id, f.team_id, f.size_bytes from files f where f.expires_at <= p_now and f.team_id not in (select * from held)
       order by f.expires_at limit p_limit)
    union
    (select due.* from teams m cross join lateral (select retention_days('contents', m.id, '') as days) as kept cross join lateral (
       select f.id, f.team_id, f.size_bytes from files f where f.team_id = m.id and f.created_at <= p_now - kept.days * interval '24 hours'
       order by f.id limit p_limit
     ) as due where kept.days is not null and m.id not in (select * from held) limit p_limit)
  ) as either limit p_limit
$$;
