-- Lets a task through that waits for the rate of its key, or answers in how many milliseconds to ask again: about when its turn comes among
-- those that wait. Null: it need not wait any more.
create or replace function pass_rate(p_task_id text) returns int language plpgsql as $$
declare
  c_longest_ms constant int := 120000;
  v_endpoint text;
  v_waiting record;
  v_lack record;
  v_ahead int;
begin
  select endpoint into v_endpoint from tasks where id = p_task_id and finished_at is null for update;
  if not found then return null; end if;
  select r.credential_id, r.tokens, least(c.requests_per_minute, c.throttle_per_minute) as requests_per_minute, c.tokens_per_minute into v_waiting
    from rated_tasks r join credentials c on c.id = r.credential_id where r.task_id = p_task_id and r.is_waiting;
  if not found then return null; end if;
  v_lack := rate_lack(v_waiting.credential_id, 1, v_waiting.tokens, false);
  if v_lack.wait_ms is not null then
    select count(*) into v_ahead from (
      select from rated_tasks r where r.credential_id = v_waiting.credential_id and r.is_waiting and r.task_id < p_task_id limit 10000) as ahead;
    return least(c_longest_ms, greatest(100, v_lack.wait_ms + v_ahead * case v_lack.lack
      when 'requests' then 60000.0 / v_waiting.requests_per_minute
      when 'tokens' then 60000.0 * least(v_waiting.tokens, v_waiting.tokens_per_minute) / v_waiting.tokens_per_minute
      else 250 end));
  end if;
  update credential_rates set waiting = waiting - 1 where credential_id = v_waiting.credential_id;
  perform count_rate(v_waiting.credential_id, array[p_task_id], array[v_waiting.tokens], false);
  update tasks set version = version + 1, phase = 'waiting_capacity', updated_at = now() where id = p_task_id and phase = 'waiting_rate';
  if is_announced(v_endpoint) then perform pg_notify('atelier_task', p_task_id); end if;
  return null;
end $$;
