-- Makes the account that counts in all when it is missing, without a limit.
create or replace function open_account(p_kind text, p_team_id int, p_key text) returns void language sql as $$
  insert into accounts (kind, team_id, key)
    select p_kind, p_team_id, p_key
    where not exists (select from accounts where kind = p_kind and team_id = p_team_id and key = p_key and period = '')
    on conflict do nothing
$$;
