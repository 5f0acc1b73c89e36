-- What an entry of the audit log is about: "key:studio/site". People stand in it by their ids, so that nothing of them must be taken out later.
create or replace function audit_object(p_kind text, p_row jsonb) returns text language plpgsql stable as $$
declare
  v_team text := (select name from teams where id = (p_row ->> 'team_id')::int);
  v_user text := (select public_id from users where id = coalesce(p_row ->> 'user_id', p_row ->> 'owner_id')::int);
begin
  return case p_kind
    when 'user' then 'user:' || (p_row ->> 'public_id')
    when 'invitation' then 'user:' || v_user
    when 'session' then format('session:%s/%s', v_user, p_row ->> 'public_id')
    when 'member' then format('member:%s/%s', v_team, v_user)
    when 'project' then format('project:%s/%s', v_team, p_row ->> 'name')
    -- A person's own credential is named by their e-mail.
    when 'key' then format('key:%s/%s', v_team, case when p_row ->> 'class' = 'personal' and p_row ->> 'hint' = '' then coalesce(v_user, 'personal')
                                                     else p_row ->> 'name' end)
    when 'budget' then 'budget:' || audit_budget(p_row ->> 'kind', v_team, p_row ->> 'key') || ':' || (p_row ->> 'period')
    when 'retention' then 'retention:' || concat_ws('/', p_row ->> 'kind', coalesce(v_team, 'all'), nullif(p_row ->> 'class', ''))
    when 'incident' then 'incident:' || (p_row ->> 'id')
    when 'status' then 'status:notice'
    when 'hold' then 'hold:' || (p_row ->> 'id')
    when 'grant' then 'grant:' || (p_row ->> 'id')
    when 'transfer' then 'transfer:' || (p_row ->> 'id')
    else p_kind || ':' || (p_row ->> 'name') end;
end $$;
