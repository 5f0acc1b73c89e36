-- What an account is called in an answer: its kind, and its name where it has one.
create or replace function account_title(p_kind text, p_team_id int, p_key text) returns text language sql stable as $$
  select concat_ws(':', p_kind, case p_kind
    when 'team' then (select name from teams where id = p_team_id)
    when 'project' then (select name from projects where id = p_key::int)
    when 'member' then (select name from users where id = p_key::int)
    when 'credential' then (select name from credentials where id = p_key::int)
    when 'organisation' then null else p_key end)
$$;
