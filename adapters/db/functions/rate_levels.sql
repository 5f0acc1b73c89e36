-- The limits of a key, its own or those of an incident that slows it down, and how much of them is used at this moment; a limit of null: none.
create or replace function rate_levels(p_credential_id int, out requests_limit int, out tokens_limit bigint, out concurrent_limit int,
                                       out requests double precision, out tokens double precision, out running int, out waiting int,
                                       out at timestamptz)
  language sql volatile as $$
  select least(c.requests_per_minute, c.throttle_per_minute), c.tokens_per_minute, c.concurrent,
         coalesce(greatest(r.requests - drained.minutes * least(c.requests_per_minute, c.throttle_per_minute), 0), 0),
         coalesce(greatest(r.tokens - drained.minutes * c.tokens_per_minute, 0), 0),
         coalesce(r.running, 0), coalesce(r.waiting, 0), drained.until
  from credentials c left join credential_rates r on r.credential_id = c.id
  cross join lateral (select clock_timestamp() as until, extract(epoch from clock_timestamp() - r.at)::double precision / 60 as minutes) as drained
  where c.id = p_credential_id
$$;
