-- Gives a process the right to begin calls of a limited provider ahead of time. p_held: places that it keeps, in use or not; p_wanted: how many
-- more calls it would begin within p_ahead_s. Answers how many it may. What it does not keep is free; what it keeps is so for p_lease_s.
create or replace function lease_calls(p_provider text, p_instance_id text, p_concurrent int, p_per_minute int, p_held int, p_wanted int,
                                       p_lease_s double precision, p_ahead_s double precision, out granted int, out again_ms int)
  language plpgsql as $$
declare
  v_room record;
begin
  v_room := provider_room(p_provider, p_concurrent, p_per_minute, p_instance_id);
  granted := greatest(0, least(p_wanted, v_room.places - p_held, v_room.starts));
  again_ms := v_room.again_ms;
  if p_concurrent is not null then
    if p_held + granted = 0 then
      delete from provider_leases l where l.provider = p_provider and (l.instance_id = p_instance_id or l.expires_at < now());
    else
      insert into provider_leases (provider, instance_id, places, expires_at)
        values (p_provider, p_instance_id, p_held + granted, clock_timestamp() + make_interval(secs => p_lease_s))
        on conflict (provider, instance_id) do update set places = excluded.places, expires_at = excluded.expires_at;
    end if;
  end if;
  if p_per_minute is not null and granted > 0 then
    insert into provider_starts (provider, begun_at, calls, is_media)
      values (p_provider, clock_timestamp() + make_interval(secs => p_ahead_s), granted, false);
  end if;
end $$;
