-- What became of a job that ran on after its task had ended and been charged the bound: closes its attempt by it, and tells the team's endpoints of
-- p_outputs results that a replay takes up. p_is_free: it failed and cost nothing, so what was charged is given back. A repeat changes nothing.
create or replace function end_late_job(p_task_id text, p_n int, p_outcome text, p_error_code text, p_error json, p_cost bigint, p_outputs int,
                                        p_is_free boolean) returns void language plpgsql as $$
declare
  v_task record;
begin
  -- Accounts come before tasks in the order of locks.
  if p_is_free then perform refund_task(p_task_id, null, 'late_failure'); end if;
  select team_id, status, campaign_id, endpoint into v_task from tasks where id = p_task_id and finished_at is not null for update;
  if not found then return; end if;
  -- Its task's end had closed it without a code.
  update attempts a set outcome = p_outcome, error_code = p_error_code, error = p_error, cost = p_cost, ended_at = now()
    where a.task_id = p_task_id and a.n = p_n and a.outcome in ('cancelled', 'unknown') and a.error_code is null;
  if not found then return; end if;
  update tasks t set version = version + 1, updated_at = now(),
    provider_cost = case when p_is_free then (select sum(a.cost)::bigint from attempts a where a.task_id = p_task_id) else t.provider_cost end
    where t.id = p_task_id;
  if is_announced(v_task.endpoint) then perform pg_notify('atelier_task', p_task_id); end if;
  if p_outputs > 0 then
    perform tell_team(v_task.team_id, 'task.late_outputs', p_task_id || ':' || p_n, json_build_object(
      'id', p_task_id, 'object', 'task', 'status', v_task.status, 'campaign_id', v_task.campaign_id,
      'late_outputs', json_build_object('attempt', p_n, 'count', p_outputs)));
  end if;
end $$;
