-- What a move makes by the hundred is told to the audit log by the statement, not row by row.
drop trigger audit on users;
create trigger audit after delete or update of email, name, organisation_role, locale, time_zone, password_hash, oidc_subject, disabled_at
  on users for each row execute function audit_change('user', 'email~,name~,organisation_role,locale,time_zone,password_hash!,oidc_subject!,disabled_at');
create trigger audit_made after insert on users referencing new table as made for each statement
  execute function audit_made('user', 'email~,name~,organisation_role,locale,time_zone,password_hash!,oidc_subject!,disabled_at');

drop trigger audit on memberships;
create trigger audit after delete or update of role, source
  on memberships for each row execute function audit_change('member', 'role,source');
create trigger audit_made after insert on memberships referencing new table as made for each statement
  execute function audit_made('member', 'role,source');

drop trigger audit on credentials;
create trigger audit after delete or update of name, class, key_hash, hint, models, images_default, models_default, source, enabled, revoked_at,
    project_id, owner_id, purpose, expires_at, ip_allow, endpoints, model_tiers, max_cost_per_request_micro_usd, requests_per_minute, tokens_per_minute,
    concurrent, frozen_by, frozen_reason, throttle_per_minute, ceiling_micro_usd
  on credentials for each row execute function audit_change('key', 'class,key_hash!,hint,models,images_default,models_default,source,enabled,'
    'revoked_at,project_id,owner_id,purpose,expires_at,ip_allow,endpoints,model_tiers,max_cost_per_request_micro_usd,requests_per_minute,'
    'tokens_per_minute,concurrent,frozen_by,frozen_reason,throttle_per_minute,ceiling_micro_usd');
create trigger audit_made after insert on credentials referencing new table as made for each statement
  execute function audit_made('key', 'class,key_hash!,hint,models,images_default,models_default,source,enabled,'
    'revoked_at,project_id,owner_id,purpose,expires_at,ip_allow,endpoints,model_tiers,max_cost_per_request_micro_usd,requests_per_minute,'
    'tokens_per_minute,concurrent,frozen_by,frozen_reason,throttle_per_minute,ceiling_micro_usd');

drop trigger audit on budgets;
create trigger audit after delete or update of limit_micro_usd, warn_percent
  on budgets for each row execute function audit_change('budget', 'limit_micro_usd,warn_percent');
create trigger audit_made after insert on budgets referencing new table as made for each statement
  execute function audit_made('budget', 'limit_micro_usd,warn_percent');
