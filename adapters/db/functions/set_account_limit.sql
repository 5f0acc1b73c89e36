-- The budget of a campaign: sets what its account may spend, makes it when it is missing, and answers its id.
create or replace function set_account_limit(p_kind text, p_team_id int, p_key text, p_limit_micro_usd bigint) returns int language plpgsql as $$
declare
  v_id int;
begin
  perform open_account(p_kind, p_team_id, p_key);
  select id into strict v_id from accounts where kind = p_kind and team_id = p_team_id and key = p_key and period = '';
  perform limit_account(v_id, p_limit_micro_usd);
  return v_id;
end $$;
