-- The calls of limited providers, counted over all processes.

-- Places that a process has for texts; they are free again once it has said nothing for a while.
create table provider_leases (
  provider text collate "C" not null,
  instance_id text collate "C" not null,
  places int not null,
  expires_at timestamptz not null,
  primary key (provider, instance_id)
);

-- Images and videos: purchases that have a place until their attempt has ended, and those that wait for one.
create table provider_turns (
  provider text collate "C" not null,
  task_id text collate "C" not null,
  n int not null,
  is_taken boolean not null,
  -- who comes first: Temporal's priority key, then who asked first
  rank int not null,
  asked_at timestamptz not null,
  -- while it waits: when it asks again
  again_at timestamptz not null,
  primary key (provider, task_id, n)
);

-- Calls of the last minute. begun_at: when they began, or the last moment at which a process may begin them.
create table provider_starts (
  provider text collate "C" not null,
  begun_at timestamptz not null,
  calls int not null,
  is_media boolean not null
);
create index provider_starts_begun_at on provider_starts (provider, begun_at);

-- What an item of a campaign asks of its routing; null: nothing.
alter table campaign_items add column routing json;
