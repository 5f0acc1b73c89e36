-- Sets what an account may spend in all, in micro-US-dollars (null: no limit), and books the difference. Makes the account when it is
-- missing. A limit below what is spent and held only stops further spending. Answers the account's id.
create or replace function set_account_limit(p_kind text, p_team_id int, p_key text, p_limit_micro_usd bigint) returns int language plpgsql as $$
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
    from ledger where operation_key >= format('account:%s:grant:', v_account.id) and operation_key < format('account:%s:grant;', v_account.id);
  return v_account.id;
end $$;
