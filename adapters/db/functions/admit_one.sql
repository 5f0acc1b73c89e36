-- Decides one task, with the accounts' locks held, and stores it. Accounts are tried in the task's order; the first that is short refuses.
create or replace function admit_one(p_account_ids int[], p_task json, p_input json, out outcome text, out task_id text, out account_kind text, out available bigint)
  language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_new record;
  v_earlier record;
begin
  select * into v_new from json_to_record(p_task) as g(
    id text, team_id int, external_id text, request_hash text, reserve bigint, accounts int[], route text, key text);
  if exists (select 1 from tasks where id = v_new.id) then
    outcome := 'repeated';
    return;
  end if;
  if v_new.key is not null then
    select k.task_id, k.request_hash into v_earlier from idempotency_keys k
      where k.team_id = v_new.team_id and k.route = v_new.route and k.key = v_new.key;
    if found then
      outcome := case when v_earlier.request_hash = v_new.request_hash then 'repeat' else 'key_reused' end;
      task_id := v_earlier.task_id;
      return;
    end if;
  end if;
  if v_new.external_id is not null then
    select e.task_id into task_id from external_ids e where e.team_id = v_new.team_id and e.external_id = v_new.external_id;
    if found then
      outcome := case when (select t.request_hash from tasks t where t.id = task_id) = v_new.request_hash then 'repeat' else 'external_id_in_use' end;
      return;
    end if;
  end if;
  select a.kind, greatest(a.granted - a.spent - a.held, 0) into account_kind, available
    from accounts a, lateral array_position(v_new.accounts, array_position(p_account_ids, a.id)) as place
    where a.id = any(p_account_ids) and place is not null and v_new.reserve > 0 and a.limited and a.granted - a.spent - a.held < v_new.reserve
    order by place limit 1;
  if not found then
    outcome := 'admitted';
    perform store_admitted(p_account_ids, json_build_array(p_task), json_build_array(p_input));
    return;
  end if;
  outcome := 'refused';
  perform store_refused(p_task, p_input, json_build_object(
    'code', 'insufficient_quota',
    'message', format('%s has %s USD left and this request may cost up to %s USD. Raise the limit or send a smaller request.',
      account_title(account_kind), trim_scale(available / 1000000.0), trim_scale(v_new.reserve / 1000000.0)),
    'retryable', false, 'providerCode', null, 'providerMessage', null, 'param', null));
end $$;
