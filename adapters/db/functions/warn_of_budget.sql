-- Writes down that shares of a limit are spent which its budget wants told, and works out the next. It stops nothing.
create or replace function warn_of_budget() returns trigger language plpgsql as $$
declare
  v_shares int[] := (select warn_percent from budgets where kind = new.kind and team_id = new.team_id and key = new.key and period = budget_length(new.period));
begin
  insert into budget_warnings (account_id, percent, limit_micro_usd, spent_micro_usd)
    select new.id, share, new.granted, new.spent from unnest(v_shares) as share where new.spent * 100 >= new.granted * share
    on conflict do nothing;
  new.warn_at := (select min(ceil(new.granted * share / 100.0)::bigint) from unnest(v_shares) as share where new.spent * 100 < new.granted * share);
  return new;
end $$;
