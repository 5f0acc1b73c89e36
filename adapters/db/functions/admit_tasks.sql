-- Admission of a group of tasks. The team's account is locked before anything is looked up, and every admission of a team
-- takes it, so two admissions of one team never overlap: what is looked up stays true until the commit, and no insert can collide.
-- This and store_admitted are called for every generation: their statements are planned once and written so that only an index can serve
-- them, whatever the tables' size was when they were planned (single values, `= any(...)`, no exists and no joins that could be turned around).
--
-- Admits a group. p_credential_ids, p_campaign_ids, p_needs: its distinct payers and what the group needs of each; a task's `payer` is a
-- position in them (from 1). p_requests, p_tokens: what the group asks of their rates. p_distinct: no two members share an id, an idempotency key or an external id.
-- Answers one row 'all_admitted' with the rates of the payers, or one row per member in order. `rate`: what is left of a key that has one.
create or replace function admit_tasks(p_credential_ids int[], p_campaign_ids text[], p_needs bigint[], p_requests int[], p_tokens bigint[],
                                       p_distinct boolean, p_tasks json, p_inputs json)
  returns table (outcome text, task_id text, refusal json, rate json)
  language plpgsql set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan as $$
declare
  v_payers record;
  v_inputs json[];
  v_ids text[];
  v_first text;
  v_last text;
  v_named boolean;
  v_known boolean;
  v_is_rated boolean;
  v_payer int;
begin
  select * into v_payers from lock_accounts(p_credential_ids, p_campaign_ids, p_needs);
  v_is_rated := array_position(v_payers.rated, true) is not null;
  if p_distinct and v_payers.fits then
    select array_agg(g.id), min(g.id collate "C"), max(g.id collate "C"), bool_or(g.key is not null or g.external_id is not null)
      into v_ids, v_first, v_last, v_named
      from json_to_recordset(p_tasks) as g(id text, external_id text, key text);
    v_known := (select t.id from tasks t where t.id = any(v_ids) and t.id between v_first and v_last limit 1) is not null;
    if v_named and not v_known then
      v_known := exists (
        select 1 from json_to_recordset(p_tasks) as g(team_id int, external_id text, route text, key text)
        where (g.key is not null and
               (select k.task_id from idempotency_keys k where k.team_id = g.team_id and k.route = g.route and k.key = g.key) is not null)
           or (g.external_id is not null and
               (select e.task_id from external_ids e where e.team_id = g.team_id and e.external_id = g.external_id) is not null));
    end if;
    if not v_known and (not v_is_rated or pass_rates(p_credential_ids, v_payers.rated, p_requests, p_tokens, p_tasks)) then
      perform store_admitted(v_payers.account_ids, v_payers.payer_accounts, v_payers.classes, v_payers.projects, v_payers.owners, p_tasks, p_inputs);
      return query select 'all_admitted', null::text, null::json, case when v_is_rated then (
        select json_agg(case when is_rated then rate_state(credential_id) end order by place)
        from unnest(p_credential_ids, v_payers.rated) with ordinality as payer(credential_id, is_rated, place)) end;
      return;
    end if;
  end if;
  v_inputs := array(select value from json_array_elements(p_inputs) with ordinality as e(value, place) order by place);
  for v_index in 0 .. json_array_length(p_tasks) - 1 loop
    v_payer := p_tasks -> v_index ->> 'payer';
    return query select one.outcome, one.task_id, one.refusal, case when v_payers.rated[v_payer] then rate_state(p_credential_ids[v_payer]) end
      from admit_one(v_payers.payer_accounts, v_payers.classes, v_payers.projects, v_payers.owners, v_payers.rated,
                     p_tasks -> v_index, v_inputs[v_index + 1]) as one;
  end loop;
end $$;
