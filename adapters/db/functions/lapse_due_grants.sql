-- Takes back what is left of grants whose time is over, for teams that admit nothing meanwhile: an admission does it for its own team.
create or replace function lapse_due_grants() returns int language plpgsql as $$
declare
  v_teams int[] := array(select distinct team_id from grants where lapsed_at is null and expires_at <= now() order by 1);
  v_team int;
begin
  perform 1 from accounts where kind = 'team' and key = '' and period = '' and team_id = any(v_teams) order by id for update;
  foreach v_team in array v_teams loop
    perform lapse_grants(v_team);
  end loop;
  return cardinality(v_teams);
end $$;
