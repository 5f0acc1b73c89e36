-- Moves from other gateways: what was brought in, from where, and as what (decision 0038).

-- What the calls of a team cost, times the price of the model.
alter table teams add column price_factor numeric(18, 6) not null default 1 check (price_factor >= 0);
drop trigger audit on teams;
create trigger audit after insert or delete or update of name, description, retention_days, log_bodies, model_tiers, time_zone, source, enabled,
    callback_secret_encrypted, price_factor
  on teams for each row
  execute function audit_change('team', 'name,description,retention_days,log_bodies,model_tiers,time_zone,source,enabled,callback_secret_encrypted!,price_factor');

create table imports (
  id text collate "C" primary key,
  -- Tells the installations apart that were moved from.
  source text collate "C" not null unique,
  product text not null,
  location text not null,
  -- The last row of its log whose spending is in usage_hours.
  usage_through bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A row of the source and what it became. A repeat finds it here and changes nothing.
create table imported_rows (
  import_id text collate "C" not null references imports (id),
  entity text not null check (entity in ('team', 'provider', 'model', 'member', 'credential')),
  legacy_id text collate "C" not null,
  -- Our id of it; of providers and models the name.
  object text collate "C" not null,
  -- Of a member: whose budget holds the balance.
  team_id int references teams (id),
  -- Of a member the opening balance in micro-US-dollars; below 0: a debt.
  amount bigint,
  created_at timestamptz not null default now(),
  primary key (import_id, entity, legacy_id)
);

-- Generations of the past, as the source told of them. They are no tasks: nothing was bought here and nothing can be replayed.
create table imported_tasks (
  import_id text collate "C" not null references imports (id),
  legacy_table text not null,
  legacy_id bigint not null,
  team_id int not null references teams (id),
  member_id int references users (id) on delete set null,
  platform text not null,
  action text not null,
  model text,
  prompt text,
  succeeded boolean not null,
  fail_reason text,
  urls text[] not null,
  cost bigint not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (import_id, legacy_table, legacy_id)
);
create index imported_tasks_newest on imported_tasks (team_id, created_at desc);
