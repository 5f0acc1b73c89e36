-- Accounts and their limits. Order of locks everywhere: tasks by id, then accounts by id.

-- The month's account of a team, in UTC.
create function current_month() returns text language sql stable as $$
  select to_char(now() at time zone 'utc', 'YYYY-MM')
$$;

-- Makes an account when it is missing; one that exists stays as it is.
create function open_account(p_kind text, p_team_id int, p_key text, p_limit bigint) returns void language plpgsql as $$
declare
  v_id int;
begin
  insert into accounts (kind, team_id, key, limited, granted)
    values (p_kind, p_team_id, p_key, p_limit is not null, coalesce(p_limit, 0))
    on conflict do nothing returning id into v_id;
  if v_id is not null and p_limit is not null then
    insert into ledger (operation_key, kind, account_ids, granted_delta, note)
      values (format('account:%s:grant:1', v_id), 'grant', array[v_id], p_limit, 'limit set when the account was made');
  end if;
end $$;

-- Sets what an account may spend in all, in micro-US-dollars (null: no limit), and books the difference. Makes the account when it is
-- missing. A limit below what is spent and held only stops further spending. Answers the account's id.
create function set_account_limit(p_kind text, p_team_id int, p_key text, p_limit_micro_usd bigint) returns int language plpgsql as $$
declare
  v_account accounts;
  v_delta bigint;
  v_kind text;
begin
  perform open_account(p_kind, p_team_id, p_key, p_limit_micro_usd);
  select * into strict v_account from accounts where kind = p_kind and team_id = p_team_id and key = p_key for update;
  if v_account.limited = (p_limit_micro_usd is not null) and (not v_account.limited or v_account.granted = p_limit_micro_usd) then
    return v_account.id;
  end if;
  v_delta := case when p_limit_micro_usd is null then 0 else p_limit_micro_usd - v_account.granted end;
  v_kind := case when v_delta > 0 then 'grant' else 'adjust' end;
  update accounts set limited = p_limit_micro_usd is not null, granted = granted + v_delta where id = v_account.id;
  insert into ledger (operation_key, kind, account_ids, granted_delta, note)
    select format('account:%s:grant:%s', v_account.id, 1 + count(*)), v_kind, array[v_account.id], v_delta,
           case when p_limit_micro_usd is null then 'limit taken away' else 'limit changed' end
    from ledger where operation_key like format('account:%s:grant:%%', v_account.id);
  return v_account.id;
end $$;

-- Makes the accounts that an admission needs and does not find: a month with the team's monthly limit, any other without one.
-- Sorted, so that two processes that make the same accounts wait for each other in one order; it holds no lock meanwhile.
create function open_accounts(p_kinds text[], p_team_ids int[], p_keys text[]) returns void language sql as $$
  select open_account(kind, team_id, case when kind = 'month' then current_month() else key end,
                      case when kind = 'month' then (select monthly_limit_micro_usd from teams where id = team_id) end)
  from (select distinct * from unnest(p_kinds, p_team_ids, p_keys) as wanted(kind, team_id, key) order by 2, 1, 3) as sorted
$$;

-- Gives back part of what a settled task cost. Answers 'refunded', 'repeated', 'missing', 'open', or 'too_much'.
create function refund_task(p_task_id text, p_amount bigint, p_reason text) returns text language plpgsql as $$
declare
  v_task record;
  v_refunded bigint;
begin
  select id, account_ids, actual, settled_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.settled_at is null then return 'open'; end if;
  perform 1 from accounts where id = any(v_task.account_ids) order by id for update;
  perform 1 from ledger where operation_key = p_task_id || ':refund:' || p_reason;
  if found then return 'repeated'; end if;
  -- ';' is the character after ':', so this is every refund of the task.
  select coalesce(-sum(spent_delta), 0) into v_refunded from ledger
    where operation_key >= p_task_id || ':refund:' and operation_key < p_task_id || ':refund;';
  if v_refunded + p_amount > v_task.actual then return 'too_much'; end if;
  insert into ledger (operation_key, kind, task_id, account_ids, spent_delta)
    values (p_task_id || ':refund:' || p_reason, 'refund', p_task_id, v_task.account_ids, -p_amount);
  update accounts set spent = spent - p_amount where id = any(v_task.account_ids);
  return 'refunded';
end $$;
