-- A figure of a usage as a whole number of 1/p_scale; what a provider reports beyond reason cannot stop the books.
create or replace function usage_count(p_usage json, p_name text, p_scale int) returns bigint language sql immutable parallel safe as $$
  select coalesce(greatest(least(round((p_usage ->> p_name)::numeric * p_scale), 1e15), 0), 0)::bigint
$$;
