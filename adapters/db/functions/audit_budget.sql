-- A budget as the audit log names it: its kind, its team, and whose it is within the team: "project:studio/spring".
create or replace function audit_budget(p_kind text, p_team text, p_key text) returns text language sql stable as $$
  select case p_kind
    when 'organisation' then 'organisation'
    when 'team' then 'team:' || p_team
    else format('%s:%s/%s', p_kind, p_team, case p_kind
      when 'project' then (select name from projects where id = p_key::int)
      when 'member' then (select public_id from users where id = p_key::int)
      when 'credential' then (select case when k.class = 'personal' and k.hint = '' then coalesce(u.public_id, 'personal') else k.name end
                              from credentials k left join users u on u.id = k.owner_id where k.id = p_key::int)
      else p_key end) end
$$;
