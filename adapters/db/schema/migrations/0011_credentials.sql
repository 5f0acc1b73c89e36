-- What a credential may do beside its models and its limit. Null: no bound.

alter table credentials
  -- whose spending it counts as, and which person answers for it
  add column project_id int references projects (id),
  add column owner_id int references users (id) on delete set null,
  -- what it is for, in words
  add column purpose text,
  add column expires_at timestamptz,
  -- CIDRs, "10.0.0.0/8"
  add column ip_allow text[],
  -- names of domain/access/endpoints.ts
  add column endpoints text[],
  -- tiers of models
  add column model_tiers text[],
  add column max_cost_per_request_micro_usd bigint check (max_cost_per_request_micro_usd >= 0),
  add column requests_per_minute int check (requests_per_minute > 0),
  add column tokens_per_minute bigint check (tokens_per_minute > 0),
  add column concurrent int check (concurrent > 0),
  -- written at most once a minute
  add column last_used_at timestamptz,
  add column rotated_at timestamptz;
create index credentials_of_project on credentials (project_id) where project_id is not null;
create index credentials_of_owner on credentials (owner_id) where owner_id is not null;

-- tiers of models by class of credentials: {"test": ["economy"]}
alter table teams add column model_tiers jsonb not null default '{}';

-- Keys that a rotation replaced, valid for a while beside the new one.
create table former_keys (
  -- SHA-256 of the key in hex
  key_hash text collate "C" primary key,
  credential_id int not null references credentials (id),
  hint text not null,
  valid_until timestamptz not null
);
create index former_keys_of_credential on former_keys (credential_id);
