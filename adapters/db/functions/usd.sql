-- The decimal string of an amount in micro-US-dollars: 20000 is '0.02'.
create or replace function usd(p_micro_usd bigint) returns text language sql immutable as $$
  select trim_scale(p_micro_usd / 1000000.0)::text
$$;
