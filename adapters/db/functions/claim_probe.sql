-- Half-opens a breaker whose time has come, for the one process that may send the one call: answers until when it has time for it; null: another has.
create or replace function claim_probe(p_provider text, p_key text, p_model text, p_lease_s double precision) returns timestamptz language plpgsql as $$
declare
  v_until timestamptz;
begin
  update breakers set state = 'half_open', probe_at = now(), probe_until = now() + make_interval(secs => p_lease_s)
    where provider = p_provider and key = p_key and model = p_model
      and ((state = 'open' and next_probe_at <= now()) or (state = 'half_open' and probe_until <= now()))
    returning probe_until into v_until;
  if v_until is null then return null; end if;
  perform pg_notify('atelier_breaker', '');
  return v_until;
end $$;
