-- A figure of a usage as a whole number of 1/p_scale, 0 where there is none; what a provider reports beyond reason cannot stop the books.
create or replace function usage_count(p_usage json, p_name text, p_scale int) returns bigint language sql immutable parallel safe as $$
  -- least() and greatest() leave nulls out.
  select greatest(least(coalesce(round((p_usage ->> p_name)::numeric * p_scale), 0), 1e12), 0)::bigint
$$;
