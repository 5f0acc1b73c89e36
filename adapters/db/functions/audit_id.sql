-- The id of the n-th entry of the audit log.
create or replace function audit_id(p_seq bigint) returns text language sql immutable as $$
  select 'audit_' || p_seq
$$;
