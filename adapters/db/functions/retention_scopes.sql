-- The teams, and classes of their credentials, whose records of a kind go after so many days. Teams that are on hold are left out.
create or replace function retention_scopes(p_kind text, p_default int default null) returns table (team_id int, class text, days int)
language sql stable as $$
  select t.id, c.class, kept.days from teams t
  cross join unnest(array['production', 'test', 'script', 'personal']) as c(class)
  cross join lateral (select retention_days(p_kind, t.id, c.class, p_default) as days) as kept
  where kept.days is not null and not exists (select from legal_holds h where h.team_id = t.id and h.released_at is null)
$$;
