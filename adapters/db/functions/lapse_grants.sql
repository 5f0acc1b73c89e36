-- Takes back what is left of a team's grants whose time is over. The caller holds the team's account.
create or replace function lapse_grants(p_team_id int) returns void language plpgsql as $$
declare
  v_grant grants;
begin
  for v_grant in select * from grants where team_id = p_team_id and lapsed_at is null and expires_at <= now() order by expires_at, id loop
    perform charge_grants(p_team_id);
    update grants set lapsed_at = now() where id = v_grant.id returning * into v_grant;
    perform credit_team(p_team_id, v_grant.used - v_grant.amount, format('grant %s lapsed', v_grant.id));
  end loop;
end $$;
