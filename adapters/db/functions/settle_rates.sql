-- Tasks that end leave the rates of their keys: they run no more, and their tokens count as they were, not as they were estimated.
create or replace function settle_rates(p_ids text[], p_settlements json) returns void language plpgsql as $$
begin
  perform 1 from credential_rates where credential_id = any(array(select credential_id from rated_tasks where task_id = any(p_ids)))
    order by credential_id for update;
  with gone as (
    delete from rated_tasks where task_id = any(p_ids) returning task_id, credential_id, tokens, is_waiting
  ), used as (
    select id, coalesce((usage ->> 'inputTokens')::numeric, 0) + coalesce((usage ->> 'outputTokens')::numeric, 0) as tokens
    from json_to_recordset(p_settlements) as g(id text, usage json)
  ), moved as (
    select gone.credential_id, count(*) filter (where not gone.is_waiting) as running, count(*) filter (where gone.is_waiting) as waiting,
           coalesce(sum(used.tokens - gone.tokens) filter (where not gone.is_waiting), 0)::double precision as tokens
    from gone join used on used.id = gone.task_id group by 1
  )
  update credential_rates r set at = level.at, requests = level.requests, tokens = greatest(0, level.tokens + moved.tokens),
    running = r.running - moved.running, waiting = r.waiting - moved.waiting
  from moved cross join lateral rate_levels(moved.credential_id) as level where r.credential_id = moved.credential_id;
end $$;
