-- What tasks are found by (see task_records). Who served is the attempt that succeeded, else the last one, as in the call log.
create or replace function records_of(p_task_ids text[], p_first text, p_last text)
  returns table (id text, team_id int, status text, created_at timestamptz, facets text[], words tsvector) language sql stable as $$
  select t.id, t.team_id, t.status, t.created_at,
         array(select t.team_id || ':' || facet from unnest(array[
           'status:' || t.status, 'type:' || t.type, 'model:' || t.model, 'class:' || t.credential_class, 'credential:' || t.credential_id,
           'project:' || t.project_id, 'member:' || t.owner_id, 'campaign:' || t.campaign_id, 'endpoint:' || t.endpoint,
           'provider:' || a.provider, 'error:' || (t.error ->> 'code'), 'fallback:' || coalesce(a.fallback, false),
           'template:' || (t.request ->> 'template'), 'template:' || (t.request ->> 'template') || '@' || (t.request ->> 'template_version')
         ] || array(select 'metadata:' || key || '=' || value from json_each_text(t.metadata))) as facet where facet is not null),
         -- Chats are many and long.
         search_words(left(prompt_of(t.input), case t.type when 'text' then 1000 else 4000 end))
  from tasks t cross join lateral (
    select (array_agg(a.provider order by (a.outcome = 'succeeded') desc, a.n desc))[1] as provider,
           (array_agg(a.provider order by (a.outcome = 'succeeded') desc, a.n desc))[1] <> (array_agg(a.provider order by a.n))[1]
             or coalesce((array_agg(a.served order by (a.outcome = 'succeeded') desc, a.n desc))[1], t.model)
                <> coalesce((array_agg(a.served order by a.n))[1], t.model) as fallback
    from attempts a where a.task_id = t.id
  ) as a
  where t.id = any(p_task_ids) and t.id between p_first and p_last and t.hidden_at is null
$$;
