-- Listens to a table of the administration: what changed of a row becomes an entry of the audit log, in the same transaction. Takes the kind of
-- thing and the columns that may be shown (`audit_shown`).
create or replace function audit_change() returns trigger language plpgsql as $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  v_columns text[] := string_to_array(tg_argv[1], ',');
  v_shown record;
  v_before jsonb;
  v_after jsonb;
  v_column text;
begin
  if v_old is not null then
    select * into v_shown from audit_shown(tg_argv[0], v_columns, array[v_old]);
    v_before := v_shown.fields;
  end if;
  if v_new is not null then
    select * into v_shown from audit_shown(tg_argv[0], v_columns, array[v_new]);
    v_after := v_shown.fields;
  end if;
  if tg_op = 'UPDATE' then
    -- Of a change, what is different.
    select nullif(jsonb_object_agg(key, was.value), '{}'), nullif(jsonb_object_agg(key, v_after -> key), '{}') into v_before, v_after
      from jsonb_each(v_before) as was where was.value is distinct from v_after -> key;
    foreach v_column in array v_columns loop
      continue when v_column not like '%!' or v_old -> rtrim(v_column, '!') is not distinct from v_new -> rtrim(v_column, '!');
      v_after := coalesce(v_after, '{}') || jsonb_build_object(replace(rtrim(v_column, '!'), '_encrypted', ''), 'changed');
    end loop;
    if v_after is null then return null; end if;
  end if;
  perform note_act(tg_argv[0] || '.' || audit_verb(tg_argv[0], v_old, v_new), v_shown.object, v_before, v_after, v_shown.subject);
  return null;
end $$;
