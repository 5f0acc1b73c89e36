-- Decides one task, with the accounts' locks held, and stores it. A key's rate refuses it ('rate_limited', with what is lacking as `refusal`),
-- unless it may wait: then it is stored without its first attempt ('waiting').
create or replace function admit_one(p_payer_accounts text[], p_classes text[], p_projects int[], p_owners int[], p_rated boolean[],
                                     p_task json, p_input json,
                                     out outcome text, out task_id text, out refusal json)
  language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_new record;
  v_earlier record;
  v_account_ids int[];
  v_short int;
  v_lack record;
  v_task json := p_task;
begin
  select * into v_new from json_to_record(p_task) as g(
    id text, team_id int, external_id text, request_hash text, reserve bigint, payer int, route text, key text,
    credential_id int, rate_tokens bigint, may_wait boolean);
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
  if p_rated[v_new.payer] then
    v_lack := rate_lack(v_new.credential_id, 1, v_new.rate_tokens, v_new.may_wait);
    if v_lack.lack is not null and not v_new.may_wait then
      outcome := 'rate_limited';
      refusal := json_build_object('lack', v_lack.lack, 'waitMs', v_lack.wait_ms);
      return;
    end if;
  end if;
  v_account_ids := p_payer_accounts[v_new.payer]::int[];
  v_short := short_account(v_account_ids, v_new.reserve);
  if v_short is null then
    outcome := 'admitted';
    if p_rated[v_new.payer] then
      perform count_rate(v_new.credential_id, array[v_new.id], array[v_new.rate_tokens], v_lack.lack is not null);
      if v_lack.lack is not null then
        outcome := 'waiting';
        v_task := p_task::jsonb || '{"attempt_provider": null, "phase": "waiting_rate"}';
      end if;
    end if;
    perform store_admitted(v_account_ids, p_payer_accounts, p_classes, p_projects, p_owners, json_build_array(v_task), json_build_array(p_input));
    return;
  end if;
  outcome := 'refused';
  refusal := budget_refusal(v_short, v_new.reserve);
  perform store_refused(p_task, p_input, refusal, p_classes[v_new.payer], p_projects[v_new.payer], p_owners[v_new.payer]);
end $$;
