-- Files of teams, and batches. A batch is a campaign of its own kind: its lines are the items, and counts, budget and costs are the campaign's.
-- What is locked: accounts before campaigns before batches.

create table files (
  -- 'file-' and 32 hex digits
  id text collate "C" primary key,
  team_id int not null,
  purpose text not null check (purpose in ('batch', 'user_data', 'vision', 'batch_output')),
  filename text not null,
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null,
  -- of its object
  key text not null,
  created_at timestamptz not null default now(),
  -- null: as long as the team's retention
  expires_at timestamptz
);
create index files_of_team on files (team_id, id);
create index files_by_age on files (created_at);
create index files_expiring on files (expires_at) where expires_at is not null;

create table batches (
  -- 'batch_' and the 32 hex digits of its campaign
  id text collate "C" primary key,
  campaign_id text collate "C" not null unique,
  team_id int not null,
  endpoint text not null,
  input_file_id text not null,
  input_key text not null,
  status text not null
    check (status in ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
  -- How it will end, once that is decided.
  ending text check (ending in ('completed', 'expired', 'cancelled')),
  model text,
  -- How answers are worded (BatchWording).
  wording json not null,
  output_expires_after_s int,
  -- Why it was not begun.
  faults json,
  output_file_id text,
  error_file_id text,
  usage json,
  created_at timestamptz not null default now(),
  in_progress_at timestamptz,
  expires_at timestamptz not null,
  finalizing_at timestamptz,
  completed_at timestamptz,
  failed_at timestamptz,
  expired_at timestamptz,
  cancelling_at timestamptz,
  cancelled_at timestamptz
);
create index batches_of_team on batches (team_id, id);
create index batches_open on batches (id) where status in ('validating', 'in_progress', 'finalizing', 'cancelling');

alter table campaigns add column kind text not null default 'campaign' check (kind in ('campaign', 'batch'));
-- The list of campaigns has no batches.
create index campaigns_listed on campaigns (team_id, id) where kind = 'campaign';
-- How the answer of a batch's line is worded, where the line says so.
alter table campaign_items add column answer json;
-- The batch that ended; its event names the campaign too.
alter table events add column batch_id text collate "C";
