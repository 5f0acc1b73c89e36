-- Makes an account when it is missing; one that exists stays as it is.
create or replace function open_account(p_kind text, p_team_id int, p_key text, p_limit bigint) returns void language plpgsql as $$
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
