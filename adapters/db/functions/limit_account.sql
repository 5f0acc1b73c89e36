-- Sets what an account may spend in its period, in micro-US-dollars (null: no limit), and books the difference. The caller holds its lock,
-- or that of the team. A limit below what is spent and held only stops further spending. Answers whether anything changed.
create or replace function limit_account(p_account_id int, p_limit bigint, p_note text default null) returns boolean language plpgsql as $$
declare
  v_account accounts;
  v_delta bigint;
begin
  select * into strict v_account from accounts where id = p_account_id for update;
  if v_account.limited = (p_limit is not null) and (not v_account.limited or v_account.granted = p_limit) then return false; end if;
  v_delta := case when p_limit is null then 0 else p_limit - v_account.granted end;
  update accounts set limited = p_limit is not null, granted = granted + v_delta where id = p_account_id;
  insert into ledger (operation_key, kind, account_ids, granted_delta, note)
    select format('account:%s:grant:%s', p_account_id, 1 + count(*)), case when v_delta > 0 then 'grant' else 'adjust' end, array[p_account_id], v_delta,
           coalesce(p_note, case when p_limit is null then 'limit taken away' when v_account.limited then 'limit changed' else 'limit set' end)
    from ledger where operation_key >= format('account:%s:grant:', p_account_id) and operation_key < format('account:%s:grant;', p_account_id);
  perform plan_warning(p_account_id);
  return true;
end $$;
