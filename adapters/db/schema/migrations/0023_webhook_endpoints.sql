-- Webhook endpoints of teams. What they are told is a row of `callbacks` for each event and endpoint: the workflow that delivers is the same.

create table webhook_endpoints (
  -- 'whe_' and 32 hex digits
  id text collate "C" primary key,
  team_id int not null,
  name text not null,
  url text not null,
  -- types ("task.failed") and families of them ("task.*")
  event_types text[] not null,
  secret_encrypted text not null,
  -- its beginning, for people to tell secrets apart
  secret_hint text not null,
  -- The one before, which signs too until then.
  old_secret_encrypted text,
  old_secret_until timestamptz,
  enabled boolean not null default true,
  -- gone: it answered 410; failing: no delivery succeeded for three days; requested: by the team
  disabled_reason text check (disabled_reason in ('gone', 'failing', 'requested')),
  disabled_at timestamptz,
  -- Since then every delivery attempt has failed.
  failing_since timestamptz,
  -- of the last delivery that was numbered
  sequence bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (enabled = (disabled_reason is null) and enabled = (disabled_at is null))
);
create index webhook_endpoints_of_team on webhook_endpoints (team_id, id);

alter table callbacks
  -- null: told to the callback_url that came with the request
  add column endpoint_id text collate "C",
  -- of a delivery: the id under which the event is told; a callback has its own
  add column event_id text collate "C",
  -- of a delivery: its number at the endpoint, from 1 on, in the order of commits (number_webhook_deliveries); null: not numbered yet
  add column sequence bigint,
  -- what the event says where that is no task and no campaign
  add column data json,
  -- of a delivery: what the last attempt sent, cut off where it is long
  add column request_body text;

-- The lists of callbacks have no deliveries.
drop index callbacks_of_team;
drop index callbacks_of_team_undelivered;
create index callbacks_of_team on callbacks (team_id, id) where endpoint_id is null;
create index callbacks_of_team_undelivered on callbacks (team_id, status, id) where endpoint_id is null and status <> 'delivered';
create unique index callbacks_of_endpoint on callbacks (endpoint_id, sequence) where endpoint_id is not null;
create index callbacks_unnumbered on callbacks (endpoint_id) where endpoint_id is not null and sequence is null;
-- Redelivering what failed since a time.
create index callbacks_failed on callbacks (team_id, created_at) where status = 'failed';
-- The housekeeping: deliveries are not kept for good.
create index callbacks_by_age on callbacks (team_id, created_at) where endpoint_id is not null;

-- What an event says where that is no task, campaign or batch (tell_team).
alter table events add column data json;
-- Answers on an open connection are not told, nor are items of campaigns and batches: these tell of themselves.
create trigger webhooks after insert on events for each row
  when ((new.announced and (new.task_id is null or new.campaign_id is null)) or new.data is not null) execute function on_event_webhooks();
