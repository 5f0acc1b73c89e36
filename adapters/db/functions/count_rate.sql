-- Counts tasks against the rate of their key, whose lock the caller has: `p_ids` with their tokens, as waiting or as let through.
create or replace function count_rate(p_credential_id int, p_ids text[], p_tokens bigint[], p_is_waiting boolean) returns void language plpgsql as $$
declare
  v_level record := rate_levels(p_credential_id);
  v_tokens bigint[] := array(select least(taken, coalesce(v_level.tokens_limit, taken)) from unnest(p_tokens) with ordinality as t(taken, place) order by place);
begin
  insert into rated_tasks (task_id, credential_id, tokens, is_waiting)
    select id, p_credential_id, taken, p_is_waiting from unnest(p_ids, v_tokens) as t(id, taken)
    on conflict (task_id) do update set is_waiting = excluded.is_waiting, tokens = excluded.tokens;
  if p_is_waiting then
    update credential_rates r set waiting = r.waiting + cardinality(p_ids) where r.credential_id = p_credential_id;
  else
    update credential_rates r set at = v_level.at, requests = v_level.requests + cardinality(p_ids),
      tokens = v_level.tokens + (select coalesce(sum(taken), 0) from unnest(v_tokens) as taken), running = r.running + cardinality(p_ids)
      where r.credential_id = p_credential_id;
  end if;
end $$;
