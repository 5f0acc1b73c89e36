-- Works out what has to be spent of an account until its next warning. The trigger of that update warns at once of what is spent already.
create or replace function plan_warning(p_account_id int) returns void language sql as $$
  update accounts a set warn_at = next.amount
  from (
    select a.id, min(ceil(a.granted * share / 100.0)::bigint) as amount
    from accounts a left join budgets b on a.limited and b.kind = a.kind and b.team_id = a.team_id and b.key = a.key and b.period = budget_length(a.period)
      left join lateral unnest(b.warn_percent) as share
        on not exists (select from budget_warnings w where w.account_id = a.id and w.percent = share and w.limit_micro_usd = a.granted)
    where a.id = p_account_id group by a.id
  ) as next where a.id = next.id and a.warn_at is distinct from next.amount
$$;
