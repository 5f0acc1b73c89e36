-- What operators do to incidents, and what the status page says in their words, is told of in the audit log with what it was before.
create trigger audit after update of state, note
  on incidents for each row execute function audit_change('incident', 'state,note');
create trigger audit after update of notice
  on status_notice for each row execute function audit_change('status', 'notice');

-- The incident that a price of one request comes from, named by the refusal; null: there is none.
alter table credentials add column ceiling_by text collate "C";
select restrain_credentials(array(select credential_id from credential_restraints where kind = 'ceiling'));

-- What incidents do to a key too.
drop trigger audit on credentials;
create trigger audit after insert or delete or update of name, class, key_hash, hint, models, images_default, models_default, source, enabled, revoked_at,
    project_id, owner_id, purpose, expires_at, ip_allow, endpoints, model_tiers, max_cost_per_request_micro_usd, requests_per_minute, tokens_per_minute,
    concurrent, frozen_by, throttle_per_minute, ceiling_micro_usd
  on credentials for each row execute function audit_change('key', 'class,key_hash!,hint,models,images_default,models_default,source,enabled,'
    'revoked_at,project_id,owner_id,purpose,expires_at,ip_allow,endpoints,model_tiers,max_cost_per_request_micro_usd,requests_per_minute,'
    'tokens_per_minute,concurrent,frozen_by,throttle_per_minute,ceiling_micro_usd');

-- Resolved incidents that have outlived their retention are found by age.
create index incidents_resolved on incidents (resolved_at) where resolved_at is not null;
