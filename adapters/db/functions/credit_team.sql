-- Adds to what a team may spend beside its own total budget, or takes from it. The caller holds the team's account.
create or replace function credit_team(p_team_id int, p_amount bigint, p_note text) returns void language plpgsql as $$
declare
  v_budget budgets;
  v_account_id int;
begin
  update budgets set credit_micro_usd = credit_micro_usd + p_amount
    where kind = 'team' and team_id = p_team_id and key = '' and period = 'total' returning * into strict v_budget;
  select id into strict v_account_id from accounts where kind = 'team' and team_id = p_team_id and key = '' and period = '';
  perform limit_account(v_account_id, greatest(v_budget.limit_micro_usd + v_budget.credit_micro_usd, 0), p_note);
end $$;
