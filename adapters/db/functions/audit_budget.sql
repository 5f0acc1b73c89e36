-- A budget as the audit log names it: its kind, its team, and whose it is within the team: "project:studio/spring".
create or replace function audit_budget(p_kind text, p_team text, p_key text) returns text language plpgsql stable as $$
declare
  v_key text := p_key;
begin
  -- One query for each kind: a plan of all of them together would be made anew for each row.
  case p_kind
    when 'organisation' then return 'organisation';
    when 'team' then return 'team:' || p_team;
    when 'project' then select name into v_key from projects where id = p_key::int;
    when 'member' then select public_id into v_key from users where id = p_key::int;
    when 'credential' then
      select case when k.class = 'personal' and k.hint = '' then coalesce(u.public_id, 'personal') else k.name end
        into v_key from credentials k left join users u on u.id = k.owner_id where k.id = p_key::int;
    else null;
  end case;
  return format('%s:%s/%s', p_kind, p_team, v_key);
end $$;
