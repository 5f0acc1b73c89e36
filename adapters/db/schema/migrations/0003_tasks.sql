-- Tasks, their attempts and files, and what finds them again.
-- There are no foreign keys between the busy tables: each would cost a lookup and a row lock per generation, and every row here is
-- written by a function that has just locked or written the row it belongs to.

-- Partitioned by time (0006): an id begins with the time at which it was made.
create table tasks (
  id text collate "C" primary key,
  version bigint not null default 1,
  type text not null,
  operation text not null,
  endpoint text not null,
  model text not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
  phase text not null,
  progress double precision not null default 0 check (progress between 0 and 1),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- json, not jsonb: keeps NUL escapes, numbers and the order of keys as they came, and is quicker to write.
  -- Large contents are in S3, and `input` and `text_result` name the object (function stored_at).
  input json not null,
  -- The creative parameters, for lists, which read neither input nor result.
  output json not null default '{}',
  team_id int not null,
  team_name text not null,
  credential_id int not null,
  credential_name text not null,
  credential_class text not null,
  external_id text collate "C",
  metadata json not null,
  callback_url text,
  priority text not null,
  deadline_at timestamptz,
  replay_of text collate "C",
  campaign_id text collate "C",
  request_hash text collate "C" not null,
  -- What the reservation may take at most; `reserved` was taken; `held` is taken now.
  estimated bigint not null check (estimated >= 0),
  reserved bigint not null check (reserved >= 0),
  held bigint not null check (held >= 0),
  actual bigint check (actual between 0 and reserved),
  settled_at timestamptz,
  cost_lines json,
  usage json,
  text_result json,
  error json,
  cancel_requested_at timestamptz,
  -- The workflow that adopted the task; `planned_workflow_id` was named at admission and may have ended before it had to adopt.
  workflow_id text,
  planned_workflow_id text,
  skipped_routes json not null,
  account_ids int[] not null,
  -- Did not fit its accounts: stored for its owner to see, never reserved.
  refused boolean not null default false,
  hidden_at timestamptz,
  -- When the history went to the archive, or was found to be gone.
  history_kept_at timestamptz,
  -- When the retention of the contents ended; null: they are kept.
  contents_expired_at timestamptz,
  check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled', 'expired')))
) partition by range (id);

-- Ids sort by time, so a team's newest tasks are one walk of this index.
create index tasks_of_team on tasks (team_id, id);
-- Lists of what did not succeed, and of images and videos: few among many. Chats that succeed are in neither.
create index tasks_of_team_ended_badly on tasks (team_id, status, id) where status in ('failed', 'cancelled', 'expired');
create index tasks_of_team_media on tasks (team_id, type, id) where type <> 'text';
-- A model that the team hardly used is found without a walk through all that it made.
create index tasks_of_team_model on tasks (team_id, model, id);
create index tasks_of_campaign on tasks (campaign_id, id) where campaign_id is not null;
create index tasks_open on tasks (id) where finished_at is null;
create index tasks_replays on tasks (replay_of) where replay_of is not null;
create index tasks_input_assets on tasks using gin (input_assets(input)) where type <> 'text' and input_assets(input) is not null;
create index tasks_failed on tasks (id) where error is not null and not refused;
-- Histories still to be kept. `error` and `finished_at` change together, once: the index costs a settlement nothing that others do not.
create index tasks_unkept on tasks (finished_at) where error is not null and not refused and history_kept_at is null;
-- What still has contents, the longest ended first. Only the settlement touches it.
create index tasks_with_contents on tasks (team_id, finished_at) where finished_at is not null and contents_expired_at is null;

-- Large inputs and answers compress several times faster with lz4; a server built without it keeps its default.
do $$ begin
  alter table tasks alter column input set compression lz4, alter column text_result set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Partitioned like tasks.
create table attempts (
  task_id text collate "C" not null,
  n int not null check (n >= 1),
  provider text not null,
  model text not null,
  started_at timestamptz not null,
  -- null while `running` and while `accepted`
  ended_at timestamptz,
  outcome text not null check (outcome in ('running', 'accepted', 'succeeded', 'failed', 'cancelled', 'unknown')),
  error_code text,
  upstream_id text,
  cost bigint not null default 0 check (cost >= 0),
  instance_id text,
  delivered json,
  error json,
  primary key (task_id, n)
) partition by range (task_id);

create table assets (
  id text collate "C" primary key,
  team_id int not null,
  task_id text collate "C",
  index int,
  kind text not null,
  key text not null,
  thumbnail_key text,
  content_type text not null,
  width int,
  height int,
  duration_s double precision,
  bytes bigint not null,
  sha256 text not null,
  revised_prompt text,
  created_at timestamptz not null,
  -- When the retention ended; null: the file is kept.
  contents_expired_at timestamptz
);
create index assets_of_task on assets (task_id, index) where task_id is not null;
create index assets_inputs on assets (team_id, created_at) where task_id is null and contents_expired_at is null;

-- Delivered bytes while the object store is away: rare, and removed as soon as they are stored.
create table spool (
  key text collate "C" primary key,
  bytes bytea not null,
  created_at timestamptz not null default now()
);

create table idempotency_keys (
  team_id int not null,
  route text collate "C" not null,
  key text collate "C" not null,
  request_hash text not null,
  task_id text collate "C" not null,
  created_at timestamptz not null default now(),
  primary key (team_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys using brin (created_at);

-- An external id is unique over all time: an index of `tasks` could promise it only within one partition, and looking one up must not
-- visit every part of the history.
create table external_ids (
  team_id int not null,
  external_id text collate "C" not null,
  task_id text collate "C" not null,
  primary key (team_id, external_id)
);

-- The archive of histories: of every run that ended with an error, kept in the object store beyond Temporal's retention.
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
