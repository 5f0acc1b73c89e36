-- The archive of histories: of every run that ended with an error, kept in the object store beyond Temporal's retention.

-- When the history went to the archive, or was found to be gone.
alter table tasks add column history_kept_at timestamptz;

-- What is still to be kept. `error` and `finished_at` change together, once: the index costs a settlement nothing that others do not.
create index tasks_unkept on tasks (finished_at) where error is not null and not refused and history_kept_at is null;
create index tasks_failed on tasks (id) where error is not null and not refused;

create table histories (
  task_id text collate "C" primary key,
  -- Tasks of one text group share a workflow, and so an object.
  workflow_id text collate "C" not null,
  workflow_type text not null,
  run_id text not null,
  key text not null,
  -- False: the workflow went on for others of its group; its history is kept again once it has closed.
  complete boolean not null,
  kept_at timestamptz not null default now()
);
create index histories_incomplete on histories (kept_at) where not complete;
