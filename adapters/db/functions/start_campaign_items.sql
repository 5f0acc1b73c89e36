-- Admits the next items of a campaign, in order, as far as its window has places and all its accounts have room; tasks, reservations, items
-- and counts in one transaction. p_indexes, p_tries, p_tasks, p_inputs: the items, their tries so far, and what `store_admitted` stores
-- (their payer is 1: the campaign's credential).
-- Answers `outcome`: 'stopped' (not running); 'going'; 'waiting' (the next does not fit the budget until a running one has ended, or the rate
-- of the key lets nothing more through for now); 'exhausted' and 'paused' (it does not fit the campaign's budget, or another account, or its key has
-- ended or is frozen: the campaign's status says so now). `started`: indexes of the items that run. `clashed`: indexes whose external id is taken, by which task.
create or replace function start_campaign_items(p_campaign_id text, p_indexes int[], p_tries int[], p_tasks json, p_inputs json,
                                     out outcome text, out started int[], out clashed int[], out clashed_with text[])
  language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_campaign campaigns;
  v_payers record;
  v_account_ids int[];
  v_short int;
  v_ended text;
  v_is_rated boolean;
  v_is_paced boolean := false;
  v_inputs json[] := array(select value from json_array_elements(p_inputs) with ordinality as e(value, place) order by place);
  v_place int;
  v_new record;
  v_earlier text;
  v_taken bigint := 0;
  v_task_ids text[] := '{}';
  v_externals text[] := '{}';
  v_kept_tasks json[] := '{}';
  v_kept_inputs json[] := '{}';
begin
  started := '{}';
  clashed := '{}';
  clashed_with := '{}';
  select * into strict v_campaign from campaigns where id = p_campaign_id;
  select * into v_payers from lock_accounts(array[v_campaign.credential_id], array[p_campaign_id], array[0]);
  v_account_ids := v_payers.account_ids;
  v_is_rated := v_payers.rated[1];
  select * into v_campaign from campaigns where id = p_campaign_id for update;
  if v_campaign.status <> 'running' or v_campaign.cancel_requested then
    outcome := 'stopped';
    return;
  end if;
  outcome := 'going';
  select case when c.revoked_at is not null or not (c.enabled and t.enabled) then 'credential_revoked'
              when c.expires_at <= now() then 'credential_expired' when c.frozen_by is not null then 'credential_frozen' end
    into v_ended from credentials c join teams t on t.id = c.team_id where c.id = v_campaign.credential_id;
  for v_place in 1 .. cardinality(p_indexes) loop
    exit when v_ended is not null or cardinality(started) >= v_campaign.concurrency - v_campaign.running
           or p_indexes[v_place] > v_campaign.trial;
    perform 1 from campaign_items i where i.campaign_id = p_campaign_id and i.index = p_indexes[v_place]
                                      and i.status = 'queued' and i.tries = p_tries[v_place];
    continue when not found;
    select * into v_new from json_to_record(p_tasks -> (v_place - 1)) as g(id text, external_id text, reserve bigint, rate_tokens bigint);
    if v_new.external_id is not null then
      select e.task_id into v_earlier from external_ids e where e.team_id = v_campaign.team_id and e.external_id = v_new.external_id;
      if not found and array_position(v_externals, v_new.external_id) is not null then
        v_earlier := v_task_ids[array_position(v_externals, v_new.external_id)];
      end if;
      if v_earlier is not null then
        clashed := clashed || p_indexes[v_place];
        clashed_with := clashed_with || v_earlier;
        continue;
      end if;
    end if;
    v_short := short_account(v_account_ids, v_new.reserve, v_taken);
    exit when v_short is not null;
    if v_is_rated then
      v_is_paced := (rate_lack(v_campaign.credential_id, 1, v_new.rate_tokens, true)).lack is not null;
      exit when v_is_paced;
      perform count_rate(v_campaign.credential_id, array[v_new.id], array[v_new.rate_tokens], false);
    end if;
    v_taken := v_taken + v_new.reserve;
    started := started || p_indexes[v_place];
    v_task_ids := v_task_ids || v_new.id;
    v_externals := v_externals || v_new.external_id;
    v_kept_tasks := v_kept_tasks || (p_tasks -> (v_place - 1));
    v_kept_inputs := v_kept_inputs || v_inputs[v_place];
  end loop;

  if cardinality(started) > 0 then
    perform store_admitted(v_account_ids, v_payers.payer_accounts, v_payers.classes, v_payers.projects, v_payers.owners, to_json(v_kept_tasks), to_json(v_kept_inputs));
    update campaign_items i set status = 'running', task_id = s.task_id, tries = i.tries + 1, error = null
      from unnest(started, v_task_ids) as s(index, task_id) where i.campaign_id = p_campaign_id and i.index = s.index;
    update campaigns set version = version + 1, queued = queued - cardinality(started), running = running + cardinality(started)
      where id = p_campaign_id;
  end if;
  if v_is_paced then
    outcome := 'waiting';
  elsif v_short = v_campaign.account_id then
    outcome := case when v_campaign.running + cardinality(started) > 0 then 'waiting' else 'exhausted' end;
  elsif v_short is not null or v_ended is not null then
    outcome := 'paused';
  end if;
  if outcome = 'exhausted' then
    update campaigns set version = version + 1, status = 'budget_exhausted' where id = p_campaign_id;
    perform tell_campaign(p_campaign_id, 'budget_exhausted');
  elsif v_ended is not null then
    update campaigns set version = version + 1, status = 'paused', status_reason = v_ended, status_details = null where id = p_campaign_id;
  elsif outcome = 'paused' then
    update campaigns set version = version + 1, status = 'paused', status_reason = 'insufficient_quota',
      status_details = budget_refusal(v_short, v_new.reserve) -> 'details' where id = p_campaign_id;
  end if;
  if cardinality(started) > 0 or outcome in ('exhausted', 'paused') then perform pg_notify('atelier_task', p_campaign_id); end if;
end $$;
