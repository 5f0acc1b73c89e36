-- The time at which ids begin with this key.
create or replace function task_key_time(p_key text) returns timestamptz language sql immutable parallel safe as $$
  select to_timestamp(('x' || substr(p_key, 6, 12))::bit(48)::bigint / 1000.0)
$$;
