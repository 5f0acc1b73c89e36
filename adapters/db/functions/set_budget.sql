-- Sets a budget (p_limit null: takes it away). What was spent and is held in its period already counts in it. Answers whether it changed.
create or replace function set_budget(p_kind text, p_team_id int, p_key text, p_period text, p_limit bigint, p_warn_percent int[] default '{}')
  returns boolean language plpgsql as $$
declare
  v_before budgets;
  v_existed boolean;
  v_account accounts;
begin
  perform 1 from budgets where kind = p_kind and team_id = p_team_id and key = p_key and period = p_period
                           and limit_micro_usd = p_limit and warn_percent = p_warn_percent;
  if found then return false; end if;
  perform lock_budget(p_kind, p_team_id, p_key);
  select * into v_before from budgets where kind = p_kind and team_id = p_team_id and key = p_key and period = p_period;
  v_existed := found;
  if p_limit is null then
    if not v_existed then return false; end if;
    if v_before.credit_micro_usd <> 0 then
      raise exception 'A budget with grants or transfers cannot be taken away.' using errcode = 'check_violation';
    end if;
    delete from budgets where kind = p_kind and team_id = p_team_id and key = p_key and period = p_period;
  else
    insert into budgets (kind, team_id, key, period, limit_micro_usd, warn_percent)
      values (p_kind, p_team_id, p_key, p_period, p_limit, p_warn_percent)
      on conflict (kind, team_id, key, period)
      do update set limit_micro_usd = excluded.limit_micro_usd, warn_percent = excluded.warn_percent, updated_at = now();
  end if;
  if p_limit is not null and p_period <> 'total' then perform open_period(p_kind, p_team_id, p_key, p_period, p_limit); end if;
  select * into v_account from accounts where kind = p_kind and team_id = p_team_id and key = p_key and ends_at > now()
    and budget_length(period) = p_period;
  if found then
    -- Of a credential, class, team, project and member all that was ever spent is counted already.
    if not v_existed and (p_period <> 'total' or p_kind = 'organisation') then perform count_account(v_account.id); end if;
    perform limit_account(v_account.id, case when p_limit is not null then greatest(p_limit + coalesce(v_before.credit_micro_usd, 0), 0) end);
    perform plan_warning(v_account.id);
  end if;
  if v_existed <> (p_limit is not null) then
    update accounts set bindings = bindings + 1
      where kind = 'team' and key = '' and period = '' and (p_kind = 'organisation' or team_id = p_team_id);
  end if;
  return true;
end $$;
