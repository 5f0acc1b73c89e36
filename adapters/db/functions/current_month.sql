-- The month's account of a team, in UTC.
create or replace function current_month() returns text language sql stable as $$
  select to_char(now() at time zone 'utc', 'YYYY-MM')
$$;
