-- The second half of an entry's action: what the change of a row is called. 'change': nothing more particular.
create or replace function audit_verb(p_kind text, p_old jsonb, p_new jsonb) returns text language plpgsql immutable as $$
declare
  v_mark text;
  v_verbs text[];
begin
  if p_old is null then
    return case p_kind when 'member' then 'add' when 'session' then 'sign_in' when 'budget' then 'set' when 'retention' then 'set' else 'create' end;
  end if;
  if p_new is null then
    return case p_kind when 'member' then 'remove' when 'budget' then 'remove' when 'retention' then 'remove' else 'delete' end;
  end if;
  if p_kind = 'status' then return 'set'; end if;
  if p_kind = 'incident' then
    return case when p_old -> 'state' = p_new -> 'state' then 'note' when p_new ->> 'state' = 'resolved' then 'resolve' else 'acknowledge' end;
  end if;
  if p_kind = 'key' and (p_old ->> 'frozen_by' is null) <> (p_new ->> 'frozen_by' is null) then
    return case when p_new ->> 'frozen_by' is null then 'unfreeze' else 'freeze' end;
  end if;
  if p_kind = 'user' and (p_old ->> 'erased_at') is null and (p_new ->> 'erased_at') is not null then return 'erase'; end if;
  -- Columns that say that something is over: what setting and clearing them is called.
  foreach v_mark in array array['deleted_at', 'revoked_at', 'used_at', 'lapsed_at', 'archived_at', 'disabled_at', 'released_at'] loop
    continue when not p_new ? v_mark or (p_old ->> v_mark is null) = (p_new ->> v_mark is null);
    v_verbs := case v_mark when 'revoked_at' then case p_kind when 'session' then '{sign_out,sign_in}' else '{revoke,restore}' end::text[]
                           when 'deleted_at' then '{delete,restore}' when 'released_at' then '{release,restore}' when 'used_at' then '{accept,reopen}' when 'lapsed_at' then '{lapse,restore}'
                           when 'archived_at' then '{archive,restore}' else '{disable,enable}' end;
    return v_verbs[case when p_new ->> v_mark is null then 2 else 1 end];
  end loop;
  if p_old -> 'enabled' <> p_new -> 'enabled' then
    return case p_new ->> 'enabled' when 'true' then 'enable' else 'disable' end;
  end if;
  if p_kind = 'user' and p_old -> 'password_hash' is distinct from p_new -> 'password_hash' then return 'set_password'; end if;
  if p_kind = 'key' and p_old -> 'key_hash' is distinct from p_new -> 'key_hash' then return 'rotate'; end if;
  return case when p_kind in ('budget', 'retention') then 'set' else 'change' end;
end $$;
