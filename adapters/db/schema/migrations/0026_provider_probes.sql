-- Probes of providers: whose turn is next, what the last one found, and what all of them cost.
create table provider_probes (
  provider text collate "C" primary key,
  next_at timestamptz not null,
  every_s int not null,
  at timestamptz,
  ok boolean,
  message text,
  duration_ms int,
  cost bigint,
  total_cost bigint not null default 0
);
