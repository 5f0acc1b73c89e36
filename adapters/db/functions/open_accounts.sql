-- Makes the accounts that an admission needs and does not find: a month with the team's monthly limit, any other without one.
-- Sorted, so that two processes that make the same accounts wait for each other in one order; it holds no lock meanwhile.
create or replace function open_accounts(p_kinds text[], p_team_ids int[], p_keys text[]) returns void language sql as $$
  select open_account(kind, team_id, case when kind = 'month' then current_month() else key end,
                      case when kind = 'month' then (select monthly_limit_micro_usd from teams where id = team_id) end)
  from (select distinct * from unnest(p_kinds, p_team_ids, p_keys) as wanted(kind, team_id, key) order by 2, 1, 3) as sorted
$$;
