-- What keeps an installation in order: its processes, files to be removed, and the partitions of what grows with every generation.

create table instances (
  id text primary key,
  role text not null check (role in ('api', 'worker')),
  last_seen timestamptz not null
);

-- Objects that nothing names any more. Written in the transaction that gives them up, so that a crash leaves none behind.
create table removals (
  key text collate "C" primary key,
  created_at timestamptz not null default now()
);
-- Files that a long retention gives up at once are taken from the oldest on.
create index removals_by_age on removals (created_at, key);

-- Tasks and attempts are kept in partitions by the task's id, which begins with its time, the ledger by its operation key, which begins with
-- the task's id. Vacuum, the hot ends of the indexes and what an operator moves away stay as small as one partition, however long the
-- history is. This row says how long the partitions are that are made from now on, and how many are made ahead.
create table partitioning (
  only_row boolean primary key default true check (only_row),
  every text not null default 'month' check (every in ('month', 'week', 'day')),
  ahead int not null default 3 check (ahead between 1 and 60),
  -- Autovacuum looks at partitions only; plans over all of them need their statistics together.
  analysed_at timestamptz
);
insert into partitioning default values;

-- The first partition of each ends soon, so that it does not stay the largest; what no other takes goes to <table>_rest.
do $$
declare
  v_table text;
  v_bound text := task_key(date_trunc('hour', now()) + interval '2 hours');
begin
  foreach v_table in array array['tasks', 'attempts', 'ledger'] loop
    perform new_partition(v_table, v_table || '_first');
    execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', v_table, v_table || '_first', v_bound);
    perform new_partition(v_table, v_table || '_rest');
    execute format('alter table %I attach partition %I default', v_table, v_table || '_rest');
    perform ensure_partitions(v_table, now());
  end loop;
end $$;
