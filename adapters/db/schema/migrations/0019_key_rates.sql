-- How fast keys ask (`rate` of a credential). Only tasks of keys with a rate have rows here. Order of locks: accounts, tasks, campaigns, then
-- the rates by credential.

-- What a key has used up of its minute, as it was at `at`; it drains at the limit's own speed. `running`: generations that were let through
-- and have not ended; `waiting`: those that were admitted and wait.
create table credential_rates (
  credential_id int primary key,
  at timestamptz not null default now(),
  requests double precision not null default 0,
  tokens double precision not null default 0,
  running int not null default 0 check (running >= 0),
  waiting int not null default 0 check (waiting >= 0)
) with (fillfactor = 50);

-- The open tasks that these numbers count: written by the statement that admits, deleted by the one that settles.
create table rated_tasks (
  task_id text collate "C" primary key,
  credential_id int not null,
  -- as they were estimated when the task was let through
  tokens bigint not null,
  is_waiting boolean not null
);
create index rated_tasks_waiting on rated_tasks (credential_id, task_id) where is_waiting;
