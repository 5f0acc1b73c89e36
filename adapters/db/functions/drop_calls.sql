-- Drops the partitions of the log that end before p_before. What was used stays in usage_hours. Answers how many were dropped.
create or replace function drop_calls(p_before timestamptz) returns int language plpgsql as $$
declare
  v_old record;
  v_dropped int := 0;
begin
  for v_old in
    select c.oid::regclass::text as name, bound.key from pg_inherits i join pg_class c on c.oid = i.inhrelid
    cross join lateral (select substring(pg_get_expr(c.relpartbound, c.oid) from $bound$ TO \('(call_[0-9a-f]{12})'\)$bound$) collate "C" as key) as bound
    where i.inhparent = 'calls'::regclass and bound.key <= 'call_' || substr(task_key(p_before), 6) order by bound.key
  loop
    -- Nobody waits behind this for long: the next turn of the housekeeping tries again.
    set local lock_timeout = '2s';
    update call_cursor set kept_from = greatest(kept_from, v_old.key);
    execute format('drop table %s', v_old.name);
    v_dropped := v_dropped + 1;
  end loop;
  return v_dropped;
end $$;
