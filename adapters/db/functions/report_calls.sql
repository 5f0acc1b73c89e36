-- Moves breakers by what became of calls. Of each report: how many calls failed of the provider's own making (0: one succeeded), how long ago
-- the last of them began, and the provider's rule. Tells the readers of a change once the transaction is committed.
create or replace function report_calls(p_reports json) returns void language plpgsql as $$
declare
  r record;
  b breakers;
  v_recent timestamptz[];
  v_changed boolean := false;
begin
  for r in
    select * from json_to_recordset(p_reports) as g(provider text, key text, model text, failures int, error text, age_s double precision,
      most_failures int, window_s double precision, open_s double precision)
    order by provider, key, model
  loop
    if r.failures > 0 then
      insert into breakers (provider, key, model) values (r.provider, r.key, r.model) on conflict do nothing;
    end if;
    select * into b from breakers where provider = r.provider and key = r.key and model = r.model for update;
    continue when not found;
    if r.failures = 0 then
      -- What began before it opened says nothing of now.
      continue when b.state <> 'closed' and now() - make_interval(secs => r.age_s) < coalesce(b.probe_at, b.opened_at);
      update breakers set state = 'closed', failed_at = '{}', openings = 0, next_probe_at = null, probe_at = null, probe_until = null
        where provider = r.provider and key = r.key and model = r.model and state <> 'closed';
      v_changed := v_changed or found;
    elsif b.state = 'closed' then
      v_recent := array(select at from unnest(b.failed_at) as at where at > now() - make_interval(secs => r.window_s) order by at)
        || array_fill(now(), array[least(r.failures, r.most_failures)]);
      if cardinality(v_recent) < r.most_failures then
        update breakers set failed_at = v_recent, last_error = r.error where provider = r.provider and key = r.key and model = r.model;
      else
        update breakers set state = 'open', failed_at = '{}', opened_at = now(), openings = 1, last_error = r.error,
            next_probe_at = now() + make_interval(secs => r.open_s)
          where provider = r.provider and key = r.key and model = r.model;
        v_changed := true;
      end if;
    elsif b.state = 'half_open' and now() - make_interval(secs => r.age_s) >= b.probe_at then
      update breakers set state = 'open', opened_at = now(), openings = openings + 1, last_error = r.error, probe_at = null, probe_until = null,
          next_probe_at = now() + make_interval(secs => least(300, r.open_s * 2 ^ least(openings, 20)))
        where provider = r.provider and key = r.key and model = r.model;
      v_changed := true;
    end if;
  end loop;
  if v_changed then perform pg_notify('atelier_breaker', ''); end if;
end $$;
