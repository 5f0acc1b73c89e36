-- What is configured: providers, models, teams and their credentials. Rows are switched off, never deleted: tasks name them.
-- source 'config': kept equal to the configuration file; 'api': made by the administration, which the file leaves alone.

-- One row; the version rises with every change that readers must see.
create table catalogue_state (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 1,
  changed_at timestamptz not null default now()
);
insert into catalogue_state default values;

create table providers (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- kind, base_url and options; nothing secret
  definition jsonb not null,
  -- sealed JSON: api_key and headers, which may carry keys as well
  secrets_encrypted text not null,
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table models (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- position in the file: the order of lists
  position int not null,
  -- modality, tier, price (pico-US-dollars as text), routes, limits, capabilities and notes
  definition jsonb not null,
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table teams (
  id int generated always as identity primary key,
  name text collate "C" not null unique,
  -- null: no limit. Total and class budgets are the limits of accounts.
  monthly_limit_micro_usd bigint check (monthly_limit_micro_usd >= 0),
  callback_secret_encrypted text not null,
  -- null: kept for good
  retention_days int check (retention_days > 0),
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table credentials (
  id int generated always as identity primary key,
  team_id int not null references teams (id),
  name text collate "C" not null,
  class text not null check (class in ('production', 'test', 'script', 'personal')),
  -- SHA-256 of the key in hex: keys have full entropy. Null: the key went to another credential.
  key_hash text collate "C" unique,
  hint text not null,
  -- '{*}' or names of models
  models text[] not null,
  -- response_format of images whose request names none
  images_default text not null default 'b64_json' check (images_default in ('b64_json', 'url')),
  -- modality of GET /v1/models when the request names none; null: all
  models_default text check (models_default in ('text', 'image', 'video')),
  -- null: no limit
  limit_micro_usd bigint check (limit_micro_usd >= 0),
  source text not null check (source in ('config', 'api')),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- A revoked key never works again; the credential does once it has another key.
  revoked_at timestamptz,
  unique (team_id, name)
);
