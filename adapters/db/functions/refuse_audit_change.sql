-- The audit log keeps what was written. What its retention lets go is gone only once the chain itself says so: an entry `audit.prune` that names
-- the last one to go.
create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if exists (select from audit_log where action = 'audit.prune' and (after ->> 'through')::bigint >= old.seq and seq > old.seq) then return old; end if;
  end if;
  raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
end $$;
