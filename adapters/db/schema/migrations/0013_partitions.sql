-- The three tables that grow with every generation are kept in partitions by time: tasks and attempts by the task's id, which begins with its
-- time, the ledger by its operation key, which begins with the task's id (movements of accounts sort before all of these).
-- Vacuum, the hot ends of the indexes and what an operator moves away stay as small as one partition, however long the history is.
-- Rows that exist become the first partition as they are; nothing is copied.

-- The first id of a task that is made at this time.
create function task_key(p_at timestamptz) returns text language sql stable parallel safe as $$
  select 'task_' || lpad(to_hex(floor(extract(epoch from p_at) * 1000)::bigint), 12, '0')
$$;

-- The time at which ids begin with this key.
create function task_key_time(p_key text) returns timestamptz language sql immutable parallel safe as $$
  select to_timestamp(('x' || substr(p_key, 6, 12))::bit(48)::bigint / 1000.0)
$$;

-- How long the partitions are that are made from now on, and how many are made ahead.
create table partitioning (
  only_row boolean primary key default true check (only_row),
  every text not null default 'month' check (every in ('month', 'week', 'day')),
  ahead int not null default 3 check (ahead between 1 and 60),
  -- Autovacuum looks at partitions only; plans over all of them need their statistics together.
  analysed_at timestamptz
);
insert into partitioning default values;

-- The end of the interval that holds this time, in UTC.
create function partition_end(p_at timestamptz) returns timestamptz language sql stable as $$
  select (date_trunc(every, p_at at time zone 'utc') + ('1 ' || every)::interval) at time zone 'utc' from partitioning
$$;

-- Where the partitions of a table end.
create function last_partition_key(p_table text) returns text language sql stable as $$
  select max(substring(pg_get_expr(c.relpartbound, c.oid) from $bound$ TO \('(task_[0-9a-f]{12})'\)$bound$) collate "C")
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = p_table::regclass
$$;

-- Makes an empty table that can become a partition; what a partitioned table cannot pass on is set here.
create function new_partition(p_table text, p_name text) returns void language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints including storage including compression) with (%s)',
    p_name, p_table, case p_table
      when 'tasks' then 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05'
      when 'attempts' then 'fillfactor = 80' else 'fillfactor = 100' end);
  if p_table = 'ledger' then
    execute format('create trigger ledger_is_append_only before update or delete or truncate on %I for each statement execute function refuse_ledger_change()', p_name);
  end if;
end $$;

-- Makes the partitions of a table up to `ahead` intervals from p_now. Rows that came when none was made for them wait in the partition
-- <table>_rest, which then becomes an ordinary one: they are not moved. Answers how many were made.
create function ensure_partitions(p_table text, p_now timestamptz) returns int language plpgsql as $$
declare
  v_from text;
  v_to text;
  v_name text;
  v_late text;
  v_until timestamptz := p_now;
  v_made int := 0;
begin
  for v_index in 1 .. (select ahead from partitioning) loop
    v_until := partition_end(v_until);
  end loop;
  if last_partition_key(p_table) >= task_key(v_until) then return 0; end if;
  -- Nobody waits behind this for long: the next turn of the housekeeping tries again.
  set local lock_timeout = '2s';
  -- One at a time, also with several processes; whoever waited finds them made.
  execute format('lock table %I in share update exclusive mode', p_table);
  loop
    v_from := last_partition_key(p_table);
    exit when v_from >= task_key(v_until);
    -- What lies behind all that is made now came from a clock that was wrong: it may stay where it is.
    execute format('select case when min(%1$I) < $1 then max(%1$I) end from %2$I',
                   case p_table when 'tasks' then 'id' when 'attempts' then 'task_id' else 'operation_key' end,
                   p_table || '_rest') into v_late using task_key(v_until);
    v_to := task_key(partition_end(coalesce(task_key_time(v_late), task_key_time(v_from))));
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

-- In the order in which an admission takes them.
lock table tasks, ledger, attempts in access exclusive mode;
-- Rows are found by their operation key; the number only tells their order.
alter table ledger drop constraint ledger_pkey, alter column id drop identity;
create sequence ledger_numbers as bigint;
select setval('ledger_numbers', (select coalesce(max(id), 0) + 1 from ledger), false);
alter table ledger alter column id set default nextval('ledger_numbers');

do $$
declare
  v_table text;
  v_first text;
  v_index record;
  v_column text;
  v_bound text;
begin
  -- Soon, so that a long history stops growing; and no row that exists lies behind it, also when a process whose clock is ahead made its id.
  v_bound := task_key(date_trunc('hour', greatest(now(), (select task_key_time(max(id)) from tasks))) + interval '2 hours');
  foreach v_table in array array['tasks', 'attempts', 'ledger'] loop
    v_first := v_table || '_first';
    v_column := case v_table when 'tasks' then 'id' when 'attempts' then 'task_id' else 'operation_key' end;
    execute format('alter table %I rename to %I', v_table, v_first);
    for v_index in select indexrelid::regclass::text as name from pg_index where indrelid = v_first::regclass loop
      execute format('alter index %I rename to %I', v_index.name, v_first || substr(v_index.name, length(v_table) + 1));
    end loop;
    execute format('create table %I (like %I including defaults including constraints including storage including compression) partition by range (%I)',
                   v_table, v_first, v_column);
    -- The same indexes, constraints included: those of the first partition are taken as they are.
    for v_index in
      select c.conname as name, pg_get_constraintdef(c.oid) as definition, true as is_constraint from pg_constraint c
        where c.conrelid = v_first::regclass and c.contype in ('p', 'u')
      union all
      select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), false from pg_index i
        where i.indrelid = v_first::regclass and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
    loop
      if v_index.is_constraint then
        execute format('alter table %I add constraint %I %s', v_table, v_table || substr(v_index.name, length(v_first) + 1), v_index.definition);
      else
        execute regexp_replace(v_index.definition, '^CREATE (UNIQUE )?INDEX \S+ ON \S+',
                               format('CREATE \1INDEX %I ON %I', v_table || substr(v_index.name, length(v_first) + 1), v_table));
      end if;
    end loop;
    execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', v_table, v_first, v_bound);
    perform new_partition(v_table, v_table || '_rest');
    execute format('alter table %I attach partition %I default', v_table, v_table || '_rest');
    perform ensure_partitions(v_table, now());
  end loop;
end $$;

create trigger ledger_is_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_ledger_change();
alter sequence ledger_numbers owned by ledger.id;
