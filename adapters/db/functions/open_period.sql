-- The account of the running month or day, made when it is missing. The caller holds the account of the team, or of the organisation.
-- A team that changes its time zone ends the running period as it began; the next one begins there.
create or replace function open_period(p_kind text, p_team_id int, p_key text, p_period text, p_limit bigint) returns int language plpgsql as $$
declare
  v_period record;
  v_id int;
begin
  select id into v_id from accounts
    where kind = p_kind and team_id = p_team_id and key = p_key and budget_length(period) = p_period and ends_at > now();
  if found then return v_id; end if;
  v_period := budget_period(p_period, coalesce((select time_zone from teams where id = p_team_id), 'UTC'), now());
  insert into accounts (kind, team_id, key, period, starts_at, ends_at)
    select p_kind, p_team_id, p_key, v_period.name, greatest(v_period.starts_at, max(ends_at)), v_period.ends_at
    from accounts where kind = p_kind and team_id = p_team_id and key = p_key and budget_length(period) = p_period
    on conflict (kind, team_id, key, period) do update set ends_at = excluded.ends_at
    returning id into v_id;
  perform limit_account(v_id, p_limit);
  return v_id;
end $$;
