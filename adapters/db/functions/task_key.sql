-- The first id of a task that is made at this time.
create or replace function task_key(p_at timestamptz) returns text language sql stable parallel safe as $$
  select 'task_' || lpad(to_hex(floor(extract(epoch from p_at) * 1000)::bigint), 12, '0')
$$;
