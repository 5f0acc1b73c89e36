-- The calls of ended tasks, as the log keeps them. Who served is the attempt that succeeded, else the last one.
create or replace function calls_of(p_task_ids text[], p_first text, p_last text)
  returns table (id text, task_id text, requested boolean, endpoint text, team_id int, credential_id int, class text, project_id int, member_id int,
                 campaign_id text, template text, modality text, client text, ip text, stream boolean, model text, served_model text, provider text,
                 attempts int, fallback boolean, status text, http_status int, error_code text, usage json, cost bigint, provider_cost bigint,
                 queue_ms bigint, first_token_ms int, total_ms bigint)
  language sql stable as $$
  select call_id(t.id, t.request), t.id, t.request ->> 'id' is not null,
         case t.endpoint when 'responses.background' then 'responses' else t.endpoint end, t.team_id, t.credential_id, t.credential_class,
         (t.request ->> 'project')::int, (t.request ->> 'member')::int, t.campaign_id, t.request ->> 'template', t.type,
         t.request ->> 'client', t.request ->> 'ip', coalesce((t.request ->> 'stream')::boolean, false), t.model,
         coalesce(a.served, t.model), a.provider, a.count, a.provider <> a.first_provider or coalesce(a.served, t.model) <> coalesce(a.first_served, t.model),
         t.status,
         case when (t.request ->> 'waitMs')::bigint >= extract(epoch from t.finished_at - task_key_time(call_id(t.id, t.request))) * 1000 then 200
              else (t.request ->> 'status')::int end, t.error ->> 'code', t.usage, coalesce(t.actual, 0), coalesce(t.provider_cost, t.actual, 0),
         extract(epoch from t.started_at - t.created_at) * 1000, t.first_token_ms,
         extract(epoch from t.finished_at - task_key_time(call_id(t.id, t.request))) * 1000
  from tasks t cross join lateral (
    select count(*)::int as count,
           (array_agg(a.provider order by (a.outcome = 'succeeded') desc, a.n desc))[1] as provider,
           (array_agg(a.served order by (a.outcome = 'succeeded') desc, a.n desc))[1] as served,
           (array_agg(a.provider order by a.n))[1] as first_provider, (array_agg(a.served order by a.n))[1] as first_served
    from attempts a where a.task_id = t.id
  ) as a
  where t.id = any(p_task_ids) and t.id between p_first and p_last
$$;
