-- What an entry of the audit log shows of a row: the columns named and no others, ids of teams, projects and people as their names and public
-- ids. A name with ~ stands for a commitment to the value, one with ! shows nothing: `audit_change` says that it changed.
create or replace function audit_fields(p_row jsonb, p_columns text[]) returns jsonb language plpgsql stable as $$
declare
  v_fields jsonb := '{}';
  v_name text;
  v_value jsonb;
begin
  foreach v_name in array p_columns loop
    continue when v_name like '%!';
    v_value := p_row -> rtrim(v_name, '~');
    case
      when v_name like '%~' then
        v_name := rtrim(v_name, '~');
        v_value := to_jsonb('sha256:' || encode(sha256(convert_to((p_row ->> 'audit_salt') || (p_row ->> v_name), 'UTF8')), 'hex'));
      when v_name in ('team_id', 'from_team_id', 'to_team_id') then
        v_name := case v_name when 'team_id' then 'team' when 'from_team_id' then 'from' else 'to' end;
        v_value := to_jsonb((select name from teams where id = (v_value #>> '{}')::int));
      when v_name = 'project_id' then
        v_name := 'project';
        v_value := to_jsonb((select name from projects where id = (v_value #>> '{}')::int));
      when v_name in ('user_id', 'owner_id', 'created_by') then
        v_name := case v_name when 'user_id' then 'user' when 'owner_id' then 'owner' else v_name end;
        v_value := to_jsonb((select public_id from users where id = (v_value #>> '{}')::int));
      when v_name in ('limit_micro_usd', 'max_cost_per_request_micro_usd', 'ceiling_micro_usd', 'amount') then
        v_name := case v_name when 'amount' then 'amount_usd' else replace(v_name, '_micro_usd', '_usd') end;
        v_value := to_jsonb(usd((v_value #>> '{}')::bigint));
      when v_name = 'definition' then
        -- An address may hold a password.
        v_value := regexp_replace(v_value::text, '(://)[^/@"[:space:]]+@', '\1', 'g')::jsonb;
      else
        null;
    end case;
    v_fields := v_fields || jsonb_build_object(v_name, v_value);
  end loop;
  return v_fields;
end $$;
