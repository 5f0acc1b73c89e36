-- Writes the intent of an attempt, unless the task is to end. Answers 'begun', 'exists', 'missing', the terminal status of the task,
-- 'stop:' and the reason of stop_reason, or 'full:' and in how many milliseconds to ask again. What was begun before goes on: it may be paid for.
-- p_rank, p_concurrent, p_per_minute: the limits of its provider, and the attempt's rank among those that wait; null: none, or the caller has a lease.
create or replace function begin_attempt(p_task_id text, p_n int, p_provider text, p_model text, p_key text, p_served text,
                                         p_instance_id text, p_deadline timestamptz, p_rank int, p_concurrent int, p_per_minute int)
  returns text language plpgsql as $$
declare
  v_task record;
  v_stop text;
  v_wait_ms int;
  v_restored boolean;
begin
  select status, endpoint, finished_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.finished_at is not null then return v_task.status; end if;
  v_stop := stop_reason(p_task_id, p_deadline);
  if v_stop is not null then
    if exists (select from attempts where task_id = p_task_id and n = p_n) then return 'exists'; end if;
    return 'stop:' || v_stop;
  end if;
  if p_rank is not null and not exists (select from attempts where task_id = p_task_id and n = p_n) then
    v_wait_ms := take_turn(p_provider, p_task_id, p_n, p_rank, p_concurrent, p_per_minute);
    if v_wait_ms is not null then return 'full:' || v_wait_ms; end if;
  end if;
  -- Restored from a backup: the call may have been made after it, and is looked up as one that somebody else began.
  v_restored := exists (select from restored_tasks where task_id = p_task_id);
  insert into attempts (task_id, n, provider, model, key, served, started_at, outcome, instance_id)
    values (p_task_id, p_n, p_provider, p_model, p_key, p_served, now(), 'running', case when not v_restored then p_instance_id end)
    on conflict do nothing;
  if not found then return 'exists'; end if;
  update tasks set version = version + 1, status = 'running', phase = 'calling_provider', updated_at = now(), started_at = coalesce(started_at, now())
    where id = p_task_id;
  if is_announced(v_task.endpoint) then perform pg_notify('atelier_task', p_task_id); end if;
  return case when v_restored then 'exists' else 'begun' end;
end $$;
