-- What all processes know of providers together: whether an operator switched one off, and which of their keys and models fail.

alter table providers add column disabled_at timestamptz;

-- A row for each key and model of a provider that failed of late; none: calls may go out.
create table breakers (
  provider text collate "C" not null,
  key text collate "C" not null,
  model text collate "C" not null,
  state text not null default 'closed' check (state in ('closed', 'open', 'half_open')),
  -- while closed: when the failures within the window happened
  failed_at timestamptz[] not null default '{}',
  opened_at timestamptz,
  -- how often it opened without closing in between
  openings int not null default 0,
  next_probe_at timestamptz,
  -- half open: since when, and until when the one call that may go out is waited for
  probe_at timestamptz,
  probe_until timestamptz,
  last_error text,
  primary key (provider, key, model)
);

-- Calls of one process to one provider within half a minute; latencies as a histogram. Written by each process every few seconds.
create table provider_calls (
  provider text collate "C" not null,
  since timestamptz not null,
  instance_id text collate "C" not null,
  succeeded bigint not null,
  failed bigint not null,
  latencies bigint[] not null,
  primary key (provider, since, instance_id)
);
create index provider_calls_since on provider_calls (since);
