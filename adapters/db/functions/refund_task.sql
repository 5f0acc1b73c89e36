-- Gives back part of what a settled task cost. Answers 'refunded', 'repeated', 'missing', 'open', or 'too_much'.
create or replace function refund_task(p_task_id text, p_amount bigint, p_reason text) returns text language plpgsql as $$
declare
  v_task record;
  v_refunded bigint;
begin
  select id, account_ids, actual, settled_at into v_task from tasks where id = p_task_id for update;
  if not found then return 'missing'; end if;
  if v_task.settled_at is null then return 'open'; end if;
  perform 1 from accounts where id = any(v_task.account_ids) order by id for update;
  perform 1 from ledger where operation_key = p_task_id || ':refund:' || p_reason;
  if found then return 'repeated'; end if;
  -- ';' is the character after ':', so this is every refund of the task.
  select coalesce(-sum(spent_delta), 0) into v_refunded from ledger
    where operation_key >= p_task_id || ':refund:' and operation_key < p_task_id || ':refund;';
  if v_refunded + p_amount > v_task.actual then return 'too_much'; end if;
  insert into ledger (operation_key, kind, task_id, account_ids, spent_delta)
    values (p_task_id || ':refund:' || p_reason, 'refund', p_task_id, v_task.account_ids, -p_amount);
  update accounts set spent = spent - p_amount where id = any(v_task.account_ids);
  return 'refunded';
end $$;
