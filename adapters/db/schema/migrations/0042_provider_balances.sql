-- What is left of accounts with providers, by key: whose turn is next, what was told last, and when.
create table provider_balances (
  provider text collate "C" not null,
  key text collate "C" not null,
  next_at timestamptz not null,
  every_s int not null,
  balances jsonb not null default '[]',
  at timestamptz,
  asked_at timestamptz,
  error text,
  primary key (provider, key)
);

-- Why a person froze a key (`frozen_by` is `operator` then, where no incident froze it before); null: nobody did.
alter table credentials add column frozen_reason text;
drop trigger audit on credentials;
create trigger audit after insert or delete or update of name, class, key_hash, hint, models, images_default, models_default, source, enabled, revoked_at,
    project_id, owner_id, purpose, expires_at, ip_allow, endpoints, model_tiers, max_cost_per_request_micro_usd, requests_per_minute, tokens_per_minute,
    concurrent, frozen_by, frozen_reason, throttle_per_minute, ceiling_micro_usd
  on credentials for each row execute function audit_change('key', 'class,key_hash!,hint,models,images_default,models_default,source,enabled,'
    'revoked_at,project_id,owner_id,purpose,expires_at,ip_allow,endpoints,model_tiers,max_cost_per_request_micro_usd,requests_per_minute,'
    'tokens_per_minute,concurrent,frozen_by,frozen_reason,throttle_per_minute,ceiling_micro_usd');

-- Why an alert could not be looked at the last time; null: it could.
alter table alerts add column failed_since timestamptz, add column failure text;
