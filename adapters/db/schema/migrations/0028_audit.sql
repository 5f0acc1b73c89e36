-- Who did what to the installation: one chain, in which each entry names the hash of the one before.
create table audit_log (
  seq bigint primary key check (seq > 0),
  at timestamptz not null,
  actor text collate "C" not null,
  via text not null,
  action text collate "C" not null,
  object text collate "C" not null,
  -- As `canonical_json` writes it: what is hashed.
  before json,
  after json,
  request_id text collate "C",
  -- Of the address and its salt, which stand in `audit_addresses`.
  ip_hash text,
  prev_hash text not null,
  hash text not null
);
create index audit_log_at on audit_log (at, seq);
create index audit_log_actor on audit_log (actor, seq);
create index audit_log_action on audit_log (action, seq);
create index audit_log_object on audit_log (object, seq);
create index audit_log_request on audit_log (request_id) where request_id is not null;
create trigger audit_is_append_only before update or delete on audit_log for each row execute function refuse_audit_change();
create trigger audit_is_not_emptied before truncate on audit_log for each statement execute function refuse_audit_change();

-- Addresses can be forgotten without a break of the chain.
create table audit_addresses (
  seq bigint primary key,
  ip text not null,
  salt text not null,
  actor text collate "C" not null
);
create index audit_addresses_actor on audit_addresses (actor);

-- The last entry. Its row is locked for the instant in which a transaction that changed something is committed.
create table audit_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, repeat('0', 64));

-- The head as the installation's master key has signed it: entries that are cut off at the end are missed by it.
create table audit_anchor (
  only_row boolean primary key default true check (only_row),
  seq bigint not null,
  hash text not null,
  signed_at timestamptz not null,
  signature text not null
);

-- What this transaction did so far; `seal_audit` appends it as the transaction is committed. Nobody else ever sees a row of it.
create table audit_pending (
  transaction xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  kind text not null,
  object text not null,
  action text not null,
  -- The person whom it is about: who did it, when nobody else is known to have signed in.
  subject text,
  before jsonb,
  after jsonb,
  primary key (transaction, kind, object)
);
create constraint trigger audit_sealed after insert on audit_pending deferrable initially deferred for each row execute function seal_audit();

-- What commitments to a person's name and e-mail are made with; forgotten with the person.
alter table users add column audit_salt text not null default gen_random_uuid()::text;

-- The columns named here are all that an entry shows. With ~: as a commitment that says nothing without the person's salt; with !: only that it
-- was changed.
create trigger audit after insert or delete or update of email, name, organisation_role, locale, time_zone, password_hash, oidc_subject, disabled_at
  on users for each row execute function audit_change('user', 'email~,name~,organisation_role,locale,time_zone,password_hash!,oidc_subject!,disabled_at');
create trigger audit after insert or delete or update of role, source
  on memberships for each row execute function audit_change('member', 'role,source');
create trigger audit after insert or update of used_at
  on invitations for each row execute function audit_change('invitation', 'kind,created_by,expires_at,used_at');
create trigger audit after insert or update of revoked_at
  on sessions for each row execute function audit_change('session', 'user_id,method,expires_at,revoked_at');
create trigger audit after insert or delete or update of name, description, retention_days, model_tiers, time_zone, source, enabled, callback_secret_encrypted
  on teams for each row
  execute function audit_change('team', 'name,description,retention_days,model_tiers,time_zone,source,enabled,callback_secret_encrypted!');
create trigger audit after insert or delete or update of name, source, archived_at
  on projects for each row execute function audit_change('project', 'name,source,archived_at');
create trigger audit after insert or delete or update of name, class, key_hash, hint, models, images_default, models_default, source, enabled, revoked_at,
    project_id, owner_id, purpose, expires_at, ip_allow, endpoints, model_tiers, max_cost_per_request_micro_usd, requests_per_minute, tokens_per_minute, concurrent
  on credentials for each row execute function audit_change('key', 'class,key_hash!,hint,models,images_default,models_default,source,enabled,'
    'revoked_at,project_id,owner_id,purpose,expires_at,ip_allow,endpoints,model_tiers,max_cost_per_request_micro_usd,requests_per_minute,'
    'tokens_per_minute,concurrent');
create trigger audit after insert or delete or update of limit_micro_usd, warn_percent
  on budgets for each row execute function audit_change('budget', 'limit_micro_usd,warn_percent');
create trigger audit after insert or update of lapsed_at
  on grants for each row execute function audit_change('grant', 'team_id,amount,expires_at,lapsed_at,note');
create trigger audit after insert
  on transfers for each row execute function audit_change('transfer', 'from_team_id,to_team_id,amount,note');
create trigger audit after insert or delete or update of definition, secrets_encrypted, source, enabled, disabled_at
  on providers for each row execute function audit_change('provider', 'definition,secrets_encrypted!,source,enabled,disabled_at');
create trigger audit after insert or delete or update of definition, source, enabled
  on models for each row execute function audit_change('model', 'definition,source,enabled');
