-- The hour in which a request of a team counts, as the clocks of its zone show it: in zones that are off by half hours days begin with one, too.
create or replace function usage_hour(p_team_id int, p_at timestamptz) returns timestamptz language sql stable parallel safe as $$
  select date_trunc('hour', p_at, coalesce((select time_zone from teams where id = p_team_id), 'UTC'))
$$;
