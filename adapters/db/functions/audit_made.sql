-- As `audit_change`, of all rows that a statement has made, at once: moves make hundreds. Their table's trigger names them `made`.
create or replace function audit_made() returns trigger language plpgsql as $$
declare
  v_rows jsonb[] := array(select to_jsonb(made) from made);
  v_action text := tg_argv[0] || '.' || audit_verb(tg_argv[0], null, v_rows[1]);
begin
  if v_rows = '{}' then return null; end if;
  perform note_act(v_action, object, null, fields, subject) from audit_shown(tg_argv[0], string_to_array(tg_argv[1], ','), v_rows);
  return null;
end $$;
