-- Why no purchase may begin for a task that has not ended: the code it ends with, or null. The one place for every such reason; the caller has
-- locked the task. p_deadline: a deadline beside the task's own, or null.
create or replace function stop_reason(p_task_id text, p_deadline timestamptz) returns text language sql stable as $$
  select case
    when t.cancel_requested_at is not null then 'cancelled'
    when least(t.deadline_at, p_deadline) <= clock_timestamp() then 'expired'
    when (select c.frozen_by from credentials c where c.id = t.credential_id) is not null then 'credential_frozen'
  end
  from tasks t where t.id = p_task_id
$$;
