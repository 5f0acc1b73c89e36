-- Counts an account's balance from the tasks that belong to it, books the difference, and adds the account to the open ones. The caller
-- holds the accounts of the teams that it is about, so none of those tasks is admitted or settled meanwhile.
create or replace function count_account(p_account_id int) returns void language plpgsql set plan_cache_mode = force_custom_plan as $$
declare
  v_account accounts;
  v_spent bigint;
  v_held bigint;
begin
  select * into strict v_account from accounts where id = p_account_id;
  if v_account.kind = 'organisation' and v_account.period = '' then
    select coalesce(sum(spent), 0), coalesce(sum(held), 0) into v_spent, v_held from accounts where kind = 'team' and key = '' and period = '';
  else
    select coalesce(sum(coalesce(t.actual, 0) - t.refunded), 0), coalesce(sum(t.held), 0) into v_spent, v_held
      from tasks_of_account(v_account.kind, v_account.team_id, v_account.key, v_account.starts_at, v_account.ends_at) as t;
  end if;
  update tasks t set account_ids = array(select unnest(t.account_ids || p_account_id) order by 1)
    from tasks_of_account(v_account.kind, v_account.team_id, v_account.key, v_account.starts_at, v_account.ends_at) as mine
    where t.id = mine.id and t.finished_at is null and not t.account_ids @> array[p_account_id];
  insert into ledger (operation_key, kind, account_ids, held_delta, spent_delta, note)
    select format('account:%s:count:%s', p_account_id, 1 + count(*)), 'adjust', array[p_account_id],
           v_held - v_account.held, v_spent - v_account.spent, 'counted from the tasks when its budget was set'
    from ledger where operation_key >= format('account:%s:count:', p_account_id) and operation_key < format('account:%s:count;', p_account_id);
  update accounts set held = v_held, spent = v_spent, counted_at = clock_timestamp() where id = p_account_id;
end $$;
