-- Gives owners their opening balances (micro-US-dollars), each with one entry in the ledger; of a debt (below 0) nothing is granted and what
-- is owed counts as spent, so that paying it back is an ordinary change of the budget. An owner who has an account already keeps what was
-- spent there and gets the amount on top.
create or replace function open_balances(p_kind text, p_team_ids int[], p_keys text[], p_amounts bigint[], p_note text) returns void language plpgsql as $$
declare
  v_known record;
begin
  perform open_account('team', team_id, '') from (select distinct unnest(p_team_ids) as team_id) as teams;
  perform 1 from accounts where kind = 'team' and key = '' and period = '' and team_id = any(p_team_ids) order by id for update;
  with given as (
    select g.team_id, g.key, greatest(g.amount, 0) as granted, greatest(-g.amount, 0) as owed
    from unnest(p_team_ids, p_keys, p_amounts) as g(team_id, key, amount)
  ), opened as (
    insert into accounts (kind, team_id, key, limited, granted, spent)
      select p_kind, team_id, key, true, granted, owed from given
      on conflict (kind, team_id, key, period) do nothing
      returning id, team_id, key, granted, spent
  ), entry as (
    insert into ledger (operation_key, kind, account_ids, granted_delta, spent_delta, note)
      select format('account:%s:grant:1', id), case when spent > 0 then 'adjust' else 'grant' end, array[id], granted, spent, p_note from opened
  )
  insert into budgets (kind, team_id, key, period, limit_micro_usd)
    select p_kind, team_id, key, 'total', granted from opened;
  for v_known in
    select g.team_id, g.key, g.amount, a.spent, a.held
    from unnest(p_team_ids, p_keys, p_amounts) as g(team_id, key, amount)
    join accounts a on a.kind = p_kind and a.team_id = g.team_id and a.key = g.key and a.period = ''
    where not exists (select from budgets b where b.kind = p_kind and b.team_id = g.team_id and b.key = g.key and b.period = 'total')
  loop
    perform set_budget(p_kind, v_known.team_id, v_known.key, 'total', greatest(v_known.spent + v_known.held + v_known.amount, 0));
  end loop;
  update accounts set bindings = bindings + 1 where kind = 'team' and key = '' and period = '' and team_id = any(p_team_ids);
end $$;
