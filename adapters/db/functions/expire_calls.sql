-- Deletes calls of teams and classes that are kept for a shorter time than others, where no partition can be dropped yet (`drop_calls`). What was
-- used stays in usage_hours. p_days: where no rule speaks of the log. Answers how many.
create or replace function expire_calls(p_now timestamptz, p_days int, p_limit int) returns int language plpgsql as $$
declare
  v_scope record;
  v_tasks text[] := array(select task_id from legal_holds where released_at is null and task_id is not null);
  v_campaigns text[] := array(select campaign_id from legal_holds where released_at is null and campaign_id is not null);
  v_dropped timestamptz := calls_dropped_before(p_now, p_days);
  v_ids text[];
  v_done int := 0;
begin
  -- Turns of the log change the same hours of call_hours (on_calls).
  perform from call_cursor for update;
  for v_scope in
    select s.team_id, s.class, coalesce(e.before_id, '') as from_id, 'call_' || substr(task_key(p_now - s.days * interval '24 hours'), 6) as before_id
    from retention_scopes('calls', p_days) s left join call_ends e on e.team_id = s.team_id and e.class = s.class
    where p_now - s.days * interval '24 hours' > v_dropped
  loop
    continue when v_scope.from_id >= v_scope.before_id;
    v_ids := array(
      select id from calls c where c.team_id = v_scope.team_id and c.class = v_scope.class and c.id >= v_scope.from_id and c.id < v_scope.before_id
        and coalesce(c.task_id, '') <> all(v_tasks) and coalesce(c.campaign_id, '') <> all(v_campaigns)
      order by c.id limit p_limit - v_done);
    delete from calls where id = any(v_ids);
    if cardinality(v_ids) > 0 then perform note_retention(p_now, 'calls', v_scope.team_id, cardinality(v_ids), 0); end if;
    v_done := v_done + cardinality(v_ids);
    -- Nothing older is left of it: what comes back by a hold that ends is found again from the beginning (`release_hold`).
    if v_done < p_limit then
      insert into call_ends (team_id, class, before_id) values (v_scope.team_id, v_scope.class, v_scope.before_id)
        on conflict (team_id, class) do update set before_id = excluded.before_id;
    end if;
    exit when v_done >= p_limit;
  end loop;
  return v_done;
end $$;
