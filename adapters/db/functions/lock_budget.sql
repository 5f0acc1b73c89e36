-- Locks what a change of a budget needs: the accounts of the running periods, and the account of the team (the organisation: those of all).
create or replace function lock_budget(p_kind text, p_team_id int, p_key text) returns void language plpgsql as $$
declare
  v_locked int[] := '{}';
  v_wanted int[];
begin
  perform open_account(p_kind, p_team_id, p_key);
  if p_kind <> 'organisation' then perform open_account('team', p_team_id, ''); end if;
  -- A team that was made meanwhile comes in the second turn.
  loop
    v_wanted := array(
      select id from accounts where kind = p_kind and team_id = p_team_id and key = p_key and ends_at > now()
      union select id from accounts where kind = 'team' and key = '' and period = '' and (p_kind = 'organisation' or team_id = p_team_id));
    exit when v_wanted <@ v_locked;
    perform 1 from accounts where id = any(v_wanted) order by id for update;
    v_locked := v_wanted;
  end loop;
end $$;
