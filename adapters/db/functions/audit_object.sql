-- What an entry of the audit log is about: "key:studio/site". p_team: name of the row's team; p_user: id of its person. People stand in it by their
-- ids, so that nothing of them must be taken out later.
create or replace function audit_object(p_kind text, p_row jsonb, p_team text, p_user text) returns text language plpgsql stable as $$
begin
  return case p_kind
    when 'user' then 'user:' || (p_row ->> 'public_id')
    when 'invitation' then 'user:' || p_user
    when 'session' then format('session:%s/%s', p_user, p_row ->> 'public_id')
    when 'member' then format('member:%s/%s', p_team, p_user)
    when 'project' then format('project:%s/%s', p_team, p_row ->> 'name')
    -- A person's own credential is named by them.
    when 'key' then format('key:%s/%s', p_team, case when p_row ->> 'class' = 'personal' and p_row ->> 'hint' = '' then coalesce(p_user, 'personal')
                                                     else p_row ->> 'name' end)
    when 'budget' then 'budget:' || audit_budget(p_row ->> 'kind', p_team, p_row ->> 'key') || ':' || (p_row ->> 'period')
    when 'retention' then 'retention:' || concat_ws('/', p_row ->> 'kind', coalesce(p_team, 'all'), nullif(p_row ->> 'class', ''))
    when 'incident' then 'incident:' || (p_row ->> 'id')
    when 'status' then 'status:notice'
    when 'hold' then 'hold:' || (p_row ->> 'id')
    when 'grant' then 'grant:' || (p_row ->> 'id')
    when 'transfer' then 'transfer:' || (p_row ->> 'id')
    else p_kind || ':' || (p_row ->> 'name') end;
end $$;
