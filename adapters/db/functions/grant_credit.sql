-- Gives a team prepaid credit. Answers 'granted', 'repeated' (this very grant was made before), 'conflict' (another one has this id), or
-- 'unlimited' (the team has no total budget that it could add to).
create or replace function grant_credit(p_id text, p_team_id int, p_amount bigint, p_expires_at timestamptz, p_note text) returns text language plpgsql as $$
declare
  v_earlier grants;
begin
  perform lock_budget('team', p_team_id, '');
  select * into v_earlier from grants where id = p_id;
  if found then
    return case when (v_earlier.team_id, v_earlier.amount, v_earlier.expires_at) is not distinct from (p_team_id, p_amount, p_expires_at)
                then 'repeated' else 'conflict' end;
  end if;
  if not exists (select from budgets where kind = 'team' and team_id = p_team_id and key = '' and period = 'total') then return 'unlimited'; end if;
  perform lapse_grants(p_team_id);
  perform charge_grants(p_team_id);
  insert into grants (id, team_id, amount, expires_at, note) values (p_id, p_team_id, p_amount, p_expires_at, p_note);
  perform credit_team(p_team_id, p_amount, format('grant %s', p_id));
  -- The bindings of its credentials are good no longer than the grant.
  update accounts set bindings = bindings + 1 where kind = 'team' and team_id = p_team_id and key = '' and period = '';
  return 'granted';
end $$;
