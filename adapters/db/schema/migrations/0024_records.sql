-- What tasks and files are found by: the list of tasks by its many filters and by the text of the prompt, and the library of files.

-- One row for each ended task, written by the turns that fill the call log (docs/decisions, "Tasks are found by a table beside them"): nothing of it
-- is on the way of a generation. Partitioned as tasks are.
create table task_records (
  id text collate "C" primary key,
  team_id int not null,
  status text not null,
  created_at timestamptz not null,
  -- '<team>:<filter>:<value>': with the team, so that what is rare in a team is found at once however common it is elsewhere.
  facets text[] not null,
  -- Of the prompt (function search_words); empty once its retention has passed.
  words tsvector not null
) partition by range (id);
create index task_records_of_team on task_records (team_id, id) include (status);
create index task_records_found on task_records using gin (facets, words);

-- Refused tasks, of which no event tells, until the next turn.
create table task_record_inbox (
  task_id text collate "C" primary key,
  team_id int not null
);

-- What people know a file by.
alter table assets
  add column name text,
  add column tags text[] not null default '{}',
  add column favourite boolean not null default false,
  -- Of name and tags (function search_words); null: it has none.
  add column words tsvector,
  -- Deleted by its team: the bytes are gone, or are being removed, as when a retention ends.
  add column deleted_at timestamptz;
create index assets_of_team on assets (team_id, created_at, id) where deleted_at is null;
create index assets_found on assets using gin (words) where words is not null;
create index assets_tagged on assets using gin (tags) where tags <> '{}';
create index assets_favourite on assets (team_id, created_at, id) where favourite;

do $$
declare
  v_cursor record;
  v_ids text[];
  v_after text := '';
begin
  perform new_partition('task_records', 'task_records_first');
  execute format('alter table task_records attach partition task_records_first for values from (minvalue) to (%L)',
                 task_key(date_trunc('hour', now()) + interval '2 hours'));
  perform new_partition('task_records', 'task_records_rest');
  alter table task_records attach partition task_records_rest default;
  perform ensure_partitions('task_records', now());

  select * into v_cursor from call_cursor;
  -- What ended before: all but that of which the events behind the cursor will tell.
  loop
    v_ids := array(
      select t.id from tasks t where t.id > v_after and t.finished_at is not null
        and not exists (select from events e where (e.transaction, e.id) > (v_cursor.transaction, v_cursor.event_id) and e.task_id = t.id)
      order by t.id limit 5000);
    exit when cardinality(v_ids) = 0;
    perform keep_records(v_ids);
    v_after := v_ids[cardinality(v_ids)];
  end loop;
end $$;
