-- Takes calls into the log and the usage: those of ended tasks, and those that had no run (p_calls, an array of rows of `calls`).
-- Planned once: it runs every second, and planning it took longer than running it.
create or replace function keep_calls(p_task_ids text[], p_calls json) returns void language plpgsql
  set enable_seqscan = off set enable_mergejoin = off set enable_hashjoin = off set plan_cache_mode = force_generic_plan as $$
declare
  v_first text;
  v_last text;
  v_kept_from text := coalesce((select kept_from from call_cursor), '');
begin
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_task_ids) as id;
  with call as materialized (
    select *, true as has_run from calls_of(p_task_ids, v_first, v_last)
    union all
    select distinct on (c.id) c.id, c.task_id, true, c.endpoint, c.team_id, c.credential_id, c.class, c.project_id, c.member_id, null, c.template, c.modality, c.client, c.ip, c.stream,
           c.model, null, null, 0, false, c.status, c.http_status, c.error_code, null, 0, 0, null, null, c.total_ms, false
    from json_to_recordset(p_calls) as c(
      id text, task_id text, endpoint text, team_id int, credential_id int, class text, project_id int, member_id int, template text, modality text, client text,
      ip text, stream boolean, model text, status text, http_status int, error_code text, total_ms bigint)
  ), kept as (
    insert into calls (id, task_id, requested, endpoint, team_id, credential_id, class, project_id, member_id, campaign_id, template, modality, client, ip,
                       stream, model, served_model, provider, attempts, fallback, status, http_status, error_code, usage, cost, provider_cost,
                       queue_ms, first_token_ms, total_ms)
    select id, task_id, requested, endpoint, team_id, credential_id, class, project_id, member_id, campaign_id, template, modality, client, ip, stream, model,
           served_model, provider, least(attempts, 32767), coalesce(fallback, false), status, http_status, error_code, usage, cost, provider_cost,
           least(greatest(queue_ms, 0), 2147483647), first_token_ms, least(greatest(total_ms, 0), 2147483647)
    from call where id collate "C" >= v_kept_from
    on conflict do nothing
    returning id
  )
  insert into usage_hours as u (hour, team_id, credential_id, class, project_id, member_id, model, provider, campaign_id, template, modality,
                                requests, succeeded, failed, input_tokens, output_tokens, images, video_ms, cost, provider_cost)
  select usage_hour(team_id, task_key_time(id)), team_id, credential_id, min(class), coalesce(project_id, 0), coalesce(member_id, 0),
         case when modality is null then '' else model end, coalesce(provider, ''), coalesce(campaign_id, ''), coalesce(template, ''), coalesce(modality, ''),
         count(*), count(*) filter (where status = 'succeeded'), count(*) filter (where status <> 'succeeded'),
         sum(usage_count(usage, 'inputTokens', 1)), sum(usage_count(usage, 'outputTokens', 1)), sum(usage_count(usage, 'images', 1)),
         sum(usage_count(usage, 'seconds', 1000)), sum(cost), sum(provider_cost)
  -- One that was written down twice counts once.
  from call where has_run or id in (select id from kept) or id collate "C" < v_kept_from
  group by 1, 2, 3, 5, 6, 7, 8, 9, 10, 11
  on conflict (team_id, hour, credential_id, project_id, member_id, model, provider, campaign_id, template, modality) do update set
    requests = u.requests + excluded.requests, succeeded = u.succeeded + excluded.succeeded, failed = u.failed + excluded.failed,
    input_tokens = u.input_tokens + excluded.input_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
    images = u.images + excluded.images, video_ms = u.video_ms + excluded.video_ms,
    cost = u.cost + excluded.cost, provider_cost = u.provider_cost + excluded.provider_cost;
end $$;
