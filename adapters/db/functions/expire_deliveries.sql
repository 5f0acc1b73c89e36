-- Forgets a part of the deliveries to webhook endpoints that ended long ago: 30 days, or their team's retention where that is shorter. Not of a team
-- on hold.
create or replace function expire_deliveries(p_now timestamptz, p_limit int) returns int language sql as $$
  with gone as (
    delete from callbacks where id in (
      select old.id from teams t cross join lateral (
        select c.id from callbacks c
        where c.team_id = t.id and c.endpoint_id is not null and c.status <> 'pending'
          and c.created_at < p_now - make_interval(days => least(30, coalesce(t.retention_days, 30)))
        order by c.created_at limit p_limit
      ) as old where not exists (select from legal_holds h where h.team_id = t.id and h.released_at is null) limit p_limit)
    returning 1
  ) select count(*)::int from gone
$$;
