-- A campaign may run a few items first (`trial`), begin at a time (`start_at`, status `scheduled`), and come of a schedule.
alter table campaigns
  add column trial int check (trial > 0),
  add column start_at timestamptz,
  add column schedule_id text collate "C",
  drop constraint campaigns_status_check,
  add constraint campaigns_status_check
    check (status in ('draft', 'scheduled', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled'));
create index campaigns_due on campaigns (start_at) where status = 'scheduled';

-- Schedules that make campaigns. Temporal fires them; these rows are what it is made equal to.
create table schedules (
  id text collate "C" primary key,
  team_id int not null,
  team_name text not null,
  credential_id int not null,
  credential_name text not null,
  credential_class text not null,
  credential_models text[] not null,
  name text,
  cron text not null,
  time_zone text not null,
  catchup_s int not null check (catchup_s > 0),
  -- What its campaigns have beside their items.
  campaign json not null,
  -- The object with the checked items, one a line.
  items_key text not null,
  items int not null,
  estimated bigint not null check (estimated >= 0),
  -- Assets that the items name: they stay as long as the schedule.
  assets text[] not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  -- When Temporal had forgotten it too.
  removed_at timestamptz,
  fired_for timestamptz,
  campaign_id text collate "C",
  error json
);
create index schedules_of_team on schedules (team_id, id) where deleted_at is null;
create index schedules_to_keep on schedules (id) where removed_at is null;
create index schedules_assets on schedules using gin (assets) where deleted_at is null;
