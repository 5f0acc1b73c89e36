-- How many more calls a provider may get now, by its limits (null: none). Whoever asks holds the provider's lock until the end of the
-- transaction. p_except: a process whose own lease is not counted. again_ms: when the minute has room again; null: it has.
create or replace function provider_room(p_provider text, p_concurrent int, p_per_minute int, p_except text,
                                         out places int, out starts int, out again_ms int)
  language plpgsql as $$
declare
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('calls of ' || p_provider, 0));
  v_now := clock_timestamp();
  delete from provider_starts s where s.provider = p_provider and s.begun_at <= v_now - interval '1 minute';
  -- A place is held by an open attempt; one that waits and has stopped asking does not wait any more.
  delete from provider_turns t where t.provider = p_provider and case
    when t.is_taken then not exists (
      select from attempts a join tasks k on k.id = a.task_id
      where a.task_id = t.task_id and a.n = t.n and a.ended_at is null and k.finished_at is null)
    else t.again_at < v_now - interval '10 seconds'
  end;
  if p_concurrent is not null then
    places := p_concurrent
      - (select count(*) from provider_turns t where t.provider = p_provider and t.is_taken)
      - (select coalesce(sum(l.places), 0) from provider_leases l
         where l.provider = p_provider and l.instance_id <> p_except and l.expires_at > v_now);
  end if;
  if p_per_minute is not null then
    select p_per_minute - coalesce(sum(s.calls), 0), extract(epoch from min(s.begun_at) + interval '1 minute' - v_now) * 1000
      into starts, again_ms from provider_starts s where s.provider = p_provider;
    if starts > 0 then again_ms := null; end if;
  end if;
end $$;
