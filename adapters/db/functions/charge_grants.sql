-- Charges what a team has spent and holds since the last time to its open grants, the one that ends first before the others. Called whenever a
-- grant comes or goes, with the team's account locked, so between two calls the same grants were open.
create or replace function charge_grants(p_team_id int) returns void language plpgsql as $$
declare
  v_used bigint;
  v_rest bigint;
  v_part bigint;
  v_grant record;
begin
  select spent + held into strict v_used from accounts where kind = 'team' and team_id = p_team_id and key = '' and period = '';
  select v_used - charged_through into v_rest from budgets where kind = 'team' and team_id = p_team_id and key = '' and period = 'total' for update;
  for v_grant in select * from grants where team_id = p_team_id and lapsed_at is null order by expires_at nulls last, id for update loop
    -- Less than before: something held was released.
    v_part := least(greatest(v_rest, -v_grant.used), v_grant.amount - v_grant.used);
    update grants set used = used + v_part where id = v_grant.id and v_part <> 0;
    v_rest := v_rest - v_part;
  end loop;
  update budgets set charged_through = v_used where kind = 'team' and team_id = p_team_id and key = '' and period = 'total';
end $$;
