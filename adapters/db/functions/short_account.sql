-- Which account has no room for an amount, beside what was promised of it already; the narrowest of several, and of its periods the
-- longest. Null: all have room.
create or replace function short_account(p_account_ids int[], p_amount bigint, p_promised bigint default 0) returns int language sql stable as $$
  select a.id from accounts a
  where a.id = any(p_account_ids) and p_amount > 0 and a.limited and a.granted - a.spent - a.held - p_promised < p_amount
  order by array_position(array['credential', 'member', 'project', 'class', 'team', 'organisation', 'campaign'], a.kind), length(a.period) limit 1
$$;
