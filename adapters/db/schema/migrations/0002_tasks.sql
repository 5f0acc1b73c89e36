-- Tasks, their attempts and files, and the books. Money is micro-US-dollars (bigint).
-- There are no foreign keys between the busy tables: each would cost a lookup and a row lock per generation, and every row here is
-- written by a function that has just locked or written the row it belongs to.

create table accounts (
  id int generated always as identity primary key,
  kind text not null check (kind in ('credential', 'class', 'team', 'month', 'campaign')),
  team_id int not null,
  -- credential: its id; class: its name; team: ''; month: '2026-11' (UTC); campaign: its id
  key text collate "C" not null,
  limited boolean not null default false,
  granted bigint not null default 0 check (granted >= 0),
  held bigint not null default 0 check (held >= 0),
  spent bigint not null default 0 check (spent >= 0),
  created_at timestamptz not null default now(),
  unique (kind, team_id, key)
  -- Balances change with every generation and no index holds them, so that changes stay within the page.
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- One row per movement; a balance is the sum of its rows, always.
create table ledger (
  id bigint generated always as identity primary key,
  -- '<task>:reserve', '<task>:settle' (kind settle or release: a task closes once), '<task>:refund:<reason>', 'account:<id>:grant:<n>'
  operation_key text collate "C" not null unique,
  kind text not null check (kind in ('grant', 'reserve', 'settle', 'release', 'refund', 'adjust')),
  task_id text collate "C",
  account_ids int[] not null,
  granted_delta bigint not null default 0,
  held_delta bigint not null default 0,
  spent_delta bigint not null default 0,
  note text,
  created_at timestamptz not null default now()
);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is append-only: correct a movement by adding another.';
end $$;
create trigger ledger_is_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_ledger_change();

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
  input json not null,
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
  check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled', 'expired')))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Ids sort by time, so a team's newest tasks are one walk of this index.
create index tasks_of_team on tasks (team_id, id);
create unique index tasks_external_id on tasks (team_id, external_id) where external_id is not null;
create index tasks_of_campaign on tasks (campaign_id, id) where campaign_id is not null;
create index tasks_open on tasks (id) where finished_at is null;

-- Large inputs and answers compress several times faster with lz4; a server built without it keeps its default.
do $$ begin
  alter table tasks alter column input set compression lz4, alter column text_result set compression lz4;
exception when feature_not_supported then null;
end $$;

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
) with (fillfactor = 80);

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
  created_at timestamptz not null
);
create index assets_of_task on assets (task_id, index) where task_id is not null;

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

create table instances (
  id text primary key,
  role text not null check (role in ('api', 'worker')),
  last_seen timestamptz not null
);

-- Outbox: written with the end of what it tells of, delivered by a workflow of its own.
create table callbacks (
  id text collate "C" primary key,
  task_id text collate "C",
  campaign_id text collate "C",
  team_id int not null,
  type text not null,
  url text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz,
  attempts json not null default '[]'
);
create index callbacks_of_team on callbacks (team_id, id);
create index callbacks_of_task on callbacks (task_id) where task_id is not null;
create index callbacks_of_campaign on callbacks (campaign_id) where campaign_id is not null;
create index callbacks_pending on callbacks (next_attempt_at) where status = 'pending';
