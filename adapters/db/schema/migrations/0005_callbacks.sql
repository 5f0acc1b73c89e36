-- Events that are told to callback urls. An outbox: written with the end of what it tells of, delivered by a workflow of its own.
-- The row is the truth, its workflow only keeps the time.

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
  attempts json not null default '[]',
  -- Redeliveries asked for, counted from 1; a try that began in an older round decides nothing.
  round int not null default 1,
  round_started_at timestamptz not null default now(),
  -- Tries made in this round.
  tries int not null default 0,
  -- Somebody is at it: others leave it alone until then.
  quiet_until timestamptz
);
create index callbacks_of_team on callbacks (team_id, id);
create index callbacks_of_task on callbacks (task_id) where task_id is not null;
create index callbacks_of_campaign on callbacks (campaign_id) where campaign_id is not null;
create index callbacks_pending on callbacks (next_attempt_at) where status = 'pending';
-- Deliveries that wait or failed; delivered ones are not in it.
create index callbacks_of_team_undelivered on callbacks (team_id, status, id) where status <> 'delivered';

create trigger callback_written after insert on callbacks for each statement execute function announce_callback();
