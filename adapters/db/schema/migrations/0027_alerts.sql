-- Alerts, the incidents that they open, and the notices of these (docs/decisions, "Incidents are rows, notices are workflows").

-- Rules. What a channel needs (addresses, secrets) is sealed whole: the URL of a chat's webhook is a secret too.
create table alerts (
  -- 'alert_' and 32 hex digits
  id text collate "C" primary key,
  name text collate "C" not null,
  source text not null check (source in ('config', 'api')),
  -- one of ALERT_RULES (domain/alert/rule.ts)
  rule text not null,
  -- whose it is; null: the installation's
  team_id int references teams (id),
  -- the one key that it watches; null: all
  credential_id int references credentials (id),
  -- AlertSettings
  settings json not null,
  channels_encrypted text not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index alerts_by_name on alerts (name) where deleted_at is null;
create trigger audit after insert or delete or update of name, rule, team_id, credential_id, settings, channels_encrypted, source, enabled, deleted_at
  on alerts for each row
  execute function audit_change('alert', 'name,rule,team_id,credential_id,settings,channels_encrypted!,source,enabled,deleted_at');

create table incidents (
  -- 'inc_' and 32 hex digits
  id text collate "C" primary key,
  -- null: opened without a rule, as when a provider refuses our key
  alert_id text collate "C",
  rule text not null,
  -- what it is about, within its alert: the same thing has one incident at a time
  key text collate "C" not null,
  severity text not null check (severity in ('info', 'warning', 'critical')),
  state text not null default 'open' check (state in ('open', 'acknowledged', 'resolved')),
  team_id int,
  credential_id int,
  -- {"team": "studio", "credential": "site"}: names as they were
  subject json not null,
  -- figures, as they were last seen
  evidence json not null,
  -- {"audience", "lang", "text"}
  note json,
  -- what happened, the oldest first
  timeline jsonb not null default '[]',
  -- The condition held at the last look. Whoever resolves it by hand while it holds is not asked again for the same.
  holds boolean not null default true,
  cleared_at timestamptz,
  -- Only a person resolves it.
  is_sticky boolean not null default false,
  opened_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  resolved_at timestamptz
);
create unique index incidents_of_key on incidents (coalesce(alert_id, ''), rule, key) where holds or resolved_at is null;
create index incidents_of_team on incidents (team_id, id) where team_id is not null;
create index incidents_of_alert on incidents (alert_id, id) where alert_id is not null;
create index incidents_unresolved on incidents (id) where resolved_at is null;

-- What is to be told by a channel. An outbox, as callbacks are: the row is the truth, its workflow keeps the time.
create table notices (
  -- 'ntc_' and 32 hex digits that follow from incident, kind and channel: each is told once
  id text collate "C" primary key,
  -- null: a test of the channel
  incident_id text collate "C" references incidents (id) on delete cascade,
  alert_id text collate "C" not null references alerts (id),
  channel_id text collate "C" not null,
  kind text not null check (kind in ('opened', 'escalated', 'resolved', 'test')),
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'skipped')),
  created_at timestamptz not null default now(),
  -- Held back until then: by quiet hours, or as it is told only if nobody acknowledges.
  held_until timestamptz,
  next_attempt_at timestamptz not null default now(),
  tries int not null default 0,
  attempts jsonb not null default '[]',
  -- Somebody is at it: others leave it alone until then.
  quiet_until timestamptz,
  ended_at timestamptz
);
create index notices_pending on notices (next_attempt_at) where status = 'pending';
create index notices_of_incident on notices (incident_id) where incident_id is not null;

-- What incidents do to keys while they are open. The columns of credentials follow from it (restrain_credentials).
create table credential_restraints (
  incident_id text collate "C" not null references incidents (id) on delete cascade,
  credential_id int not null references credentials (id),
  kind text not null check (kind in ('freeze', 'throttle', 'ceiling')),
  -- requests a minute, or micro-US-dollars of one request
  value bigint,
  at timestamptz not null default now(),
  primary key (credential_id, kind, incident_id)
);
create index credential_restraints_of_incident on credential_restraints (incident_id);
alter table credentials
  -- the incident by which the key is frozen; null: it is not
  add column frozen_by text collate "C",
  add column throttle_per_minute int,
  add column ceiling_micro_usd bigint;

-- Networks that keys were used from: /24 of IPv4, /48 of IPv6.
create table credential_networks (
  credential_id int not null,
  network text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (credential_id, network)
);

create trigger networks after insert on calls referencing new table as kept for each statement execute function note_networks();

-- Who evaluates the rules locks it: one at a time.
create table alert_clock (
  only_row boolean primary key default true check (only_row),
  evaluated_at timestamptz
);
insert into alert_clock default values;

-- Calls that a provider refused for our key or bill, or as it does not know the model: operators are told.
create table provider_faults (
  id bigint generated always as identity primary key,
  provider text not null,
  model text not null,
  code text not null,
  task_id text collate "C" not null,
  at timestamptz not null default now()
);
create index provider_faults_by_time on provider_faults (at);
create trigger provider_faults after update of error_code on attempts for each row
  when (new.error_code in ('provider_auth', 'provider_not_found') and old.error_code is distinct from new.error_code)
  execute function note_provider_fault();

-- What the status page says, in words of the operators.
create table status_notice (
  only_row boolean primary key default true check (only_row),
  -- {"level", "text": {"en", "zh"}, "until"}; null: nothing
  notice json,
  updated_at timestamptz not null default now()
);
insert into status_notice default values;

create trigger notice_written after insert on notices for each statement execute function announce_callback();
