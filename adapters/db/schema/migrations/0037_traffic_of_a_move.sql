-- The way of a move: which share of the old keys is served here, by the old gateway the rest (decision 0040).

create table import_traffic (
  import_id text collate "C" primary key references imports (id),
  -- The old gateway as one of our providers.
  provider text not null,
  -- Models that it serves; null: all of ours.
  models text[],
  -- Keys with a position below are served here, in ten-thousandths of all.
  here int not null check (here between 0 and 10000),
  -- 'member': all keys of a person are on one side.
  split_by text not null check (split_by in ('key', 'member')),
  began_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Teams and keys with a share of their own; a key's wins over its team's.
create table import_shares (
  import_id text collate "C" not null references import_traffic (import_id) on delete cascade,
  team_id int references teams (id),
  credential_id int references credentials (id),
  here int not null check (here between 0 and 10000),
  check (num_nonnulls(team_id, credential_id) = 1),
  unique nulls not distinct (import_id, team_id, credential_id)
);

-- The old keys in the form that the old gateway knows, for as long as it may be called with them.
create table import_keys (
  credential_id int primary key references credentials (id) on delete cascade,
  import_id text collate "C" not null references import_traffic (import_id) on delete cascade,
  key_encrypted text not null,
  -- 0 to 9999, by the row of the source: the same in every installation.
  key_position int not null,
  owner_position int not null
);
create index import_keys_of_move on import_keys (import_id);

-- What the source said last of a balance or of what is left of a key; null: what it said when it came in.
alter table imported_rows add column last_amount bigint;
alter table imports add column delta_at timestamptz;
alter table imports add column delta_spent bigint not null default 0;
alter table imports add column delta_added bigint not null default 0;
-- Of a page of imported history, in the order of its list.
create index imported_tasks_of_move on imported_tasks (import_id, created_at desc, legacy_table desc, legacy_id desc);
