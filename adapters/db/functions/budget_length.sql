-- How long an account counts, by the name of its period.
create or replace function budget_length(p_period text) returns text language sql immutable as $$
  select case length(p_period) when 0 then 'total' when 7 then 'monthly' else 'daily' end
$$;
