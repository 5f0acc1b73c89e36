-- The end of the interval that holds this time, in UTC.
create or replace function partition_end(p_at timestamptz) returns timestamptz language sql stable as $$
  select (date_trunc(every, p_at at time zone 'utc') + ('1 ' || every)::interval) at time zone 'utc' from partitioning
$$;
