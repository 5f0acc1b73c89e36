-- Campaigns and their items. What a campaign has spent and holds is in its account (kind 'campaign'), which is also its budget.
-- Items change only while their campaign's row is locked, so that the
-- counts are always those of the items.

create table campaigns (
  id text collate "C" primary key,
  version bigint not null default 1,
  team_id int not null,
  team_name text not null,
  credential_id int not null,
  credential_name text not null,
  credential_class text not null,
  credential_models text[] not null,
  account_id int not null,
  name text,
  status text not null check (status in ('draft', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled')),
  status_reason text,
  -- Its end was asked for and items still run; the status is `running` meanwhile.
  cancel_requested boolean not null default false,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- When its workflow last looked; long ago or never: the workflow may be gone.
  looked_at timestamptz,
  total int not null default 0,
  queued int not null default 0 check (queued >= 0),
  running int not null default 0 check (running >= 0),
  succeeded int not null default 0 check (succeeded >= 0),
  failed int not null default 0 check (failed >= 0),
  cancelled int not null default 0 check (cancelled >= 0),
  concurrency int not null check (concurrency between 1 and 500),
  estimated bigint not null default 0 check (estimated >= 0),
  callback_url text,
  metadata json not null,
  -- Events told so far: each has a number of its own.
  events int not null default 0,
  contents_expired_at timestamptz,
  -- Items up to this index have lost their input.
  contents_expired_through int not null default 0,
  check (queued + running + succeeded + failed + cancelled = total),
  check ((finished_at is not null) = (status in ('completed', 'cancelled')))
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index campaigns_of_team on campaigns (team_id, id);
create index campaigns_running on campaigns (id) where status = 'running';

create table campaign_items (
  campaign_id text collate "C" not null,
  -- From 1, in the order of submission.
  index int not null,
  key text collate "C" not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- The task of the latest try.
  task_id text collate "C",
  tries int not null default 0,
  error json,
  type text not null,
  model text not null,
  input json not null,
  external_id text,
  metadata json not null,
  finish_within_s double precision,
  max_cost bigint,
  bound bigint not null check (bound >= 0),
  request_hash text not null,
  primary key (campaign_id, index),
  unique (campaign_id, key)
) with (fillfactor = 80);
-- The next to start, those that failed, and the lists by status.
create index campaign_items_by_status on campaign_items (campaign_id, status, index);
create unique index campaign_items_of_task on campaign_items (task_id) where task_id is not null;

create index campaign_items_input_assets on campaign_items using gin (input_assets(input))
  where type <> 'text' and input_assets(input) is not null;

do $$ begin
  alter table campaign_items alter column input set compression lz4;
exception when feature_not_supported then null;
end $$;
