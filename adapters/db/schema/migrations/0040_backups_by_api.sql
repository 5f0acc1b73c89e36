-- Backups that are asked for by the API, and what is to be known of all of them: where they went, what is in them, whether they were proved.
alter table backups
  alter column started_at drop not null,
  alter column started_at drop default,
  add column asked_at timestamptz not null default now(),
  -- As in the audit log; cli: by the command, on the servers themselves.
  add column asked_by text not null default 'cli',
  add column place text,
  add column state text not null default 'running' check (state in ('queued', 'running', 'succeeded', 'failed')),
  -- The worker that makes it; null: the command does.
  add column instance_id text,
  add column version text,
  add column master_key text,
  add column snapshot_at timestamptz,
  -- While it is made: so far.
  add column table_count int not null default 0,
  add column of_tables int,
  add column row_count bigint not null default 0,
  add column object_count bigint not null default 0,
  add column byte_count bigint not null default 0,
  add column part_count int,
  add column missing_objects bigint,
  add column fault jsonb,
  add column verify_state text check (verify_state in ('queued', 'running', 'valid', 'damaged', 'failed')),
  add column verify_by text,
  add column verify_instance_id text,
  add column verify_asked_at timestamptz,
  add column verified_at timestamptz,
  add column problems jsonb not null default '[]';
-- How they ended was not kept.
update backups set asked_at = started_at, state = 'succeeded' where ended_at is not null;
update backups set asked_at = started_at where ended_at is null;
create index backups_newest on backups (asked_at desc, id desc);
create unique index backups_one_at_a_time on backups ((true)) where state in ('queued', 'running') and asked_by <> 'cli';
