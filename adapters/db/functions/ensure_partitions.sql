-- Makes the partitions of a table up to `ahead` intervals from p_now. Rows that came when none was made for them wait in the partition
-- <table>_rest, which then becomes an ordinary one: they are not moved. Answers how many were made.
create or replace function ensure_partitions(p_table text, p_now timestamptz) returns int language plpgsql as $$
declare
  v_from text;
  v_to text;
  v_name text;
  v_late text;
  v_until timestamptz := p_now;
  v_made int := 0;
  -- Ids of both kinds have their time at the same place.
  v_prefix text := case p_table when 'calls' then 'call_' else 'task_' end;
begin
  for v_index in 1 .. (select ahead from partitioning) loop
    v_until := partition_end(v_until);
  end loop;
  if last_partition_key(p_table) >= v_prefix || substr(task_key(v_until), 6) then return 0; end if;
  -- Nobody waits behind this for long: the next turn of the housekeeping tries again.
  set local lock_timeout = '2s';
  -- One at a time, also with several processes; whoever waited finds them made.
  execute format('lock table %I in share update exclusive mode', p_table);
  loop
    v_from := last_partition_key(p_table);
    exit when v_from >= v_prefix || substr(task_key(v_until), 6);
    -- What lies behind all that is made now came from a clock that was wrong: it may stay where it is.
    execute format('select case when min(%1$I) < $1 then max(%1$I) end from %2$I',
                   case p_table when 'tasks' then 'id' when 'calls' then 'id' when 'task_records' then 'id' when 'attempts' then 'task_id' else 'operation_key' end,
                   p_table || '_rest') into v_late using v_prefix || substr(task_key(v_until), 6);
    v_to := v_prefix || substr(task_key(partition_end(coalesce(task_key_time(v_late), task_key_time(v_from)))), 6);
    v_name := format('%s_%s', p_table, to_char(task_key_time(v_from) at time zone 'utc', 'YYYYMMDD'));
    if v_late is null then
      perform new_partition(p_table, v_name);
    else
      execute format('alter table %I detach partition %I', p_table, p_table || '_rest');
      execute format('alter table %I rename to %I', p_table || '_rest', v_name);
      perform new_partition(p_table, p_table || '_rest');
    end if;
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', p_table, v_name, v_from, v_to);
    if v_late is not null then execute format('alter table %I attach partition %I default', p_table, p_table || '_rest'); end if;
    v_made := v_made + 1;
  end loop;
  return v_made;
end $$;
