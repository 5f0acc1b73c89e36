-- Writes the intent of an attempt. Answers 'begun', 'exists', 'missing', or the terminal status of the task.
create or replace function begin_attempt(p_task_id text, p_n int, p_provider text, p_model text, p_instance_id text) returns text
  language plpgsql as $$
declare
  v_task record;
begin
  select status, endpoint, finished_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.finished_at is not null then return v_task.status; end if;
  insert into attempts (task_id, n, provider, model, started_at, outcome, instance_id)
    values (p_task_id, p_n, p_provider, p_model, now(), 'running', p_instance_id) on conflict do nothing;
  if not found then return 'exists'; end if;
  update tasks set version = version + 1, status = 'running', phase = 'calling_provider', updated_at = now(), started_at = coalesce(started_at, now())
    where id = p_task_id;
  if is_announced(v_task.endpoint) then perform pg_notify('atelier_task', p_task_id); end if;
  return 'begun';
end $$;
