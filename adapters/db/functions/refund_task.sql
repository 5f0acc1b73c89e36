-- Gives back part of what a settled task cost (p_amount null: all that is left of it), to every account in which it was counted.
-- Answers 'refunded', 'repeated', 'missing', 'open', or 'too_much', and what was given back.
create or replace function refund_task(p_task_id text, p_amount bigint, p_reason text, out outcome text, out refunded bigint) language plpgsql as $$
declare
  v_task tasks;
  v_account_ids int[];
  v_locked int[] := '{}';
begin
  select * into v_task from tasks where id = p_task_id;
  if not found then outcome := 'missing'; return; end if;
  if v_task.settled_at is null then outcome := 'open'; return; end if;
  -- It always counts in the team's own account: once that is locked, no budget that it counts in can come or go.
  loop
    v_account_ids := array(
      select id from accounts a
      where a.id = any(v_task.account_ids)
         or (a.counted_at >= v_task.settled_at and v_task.created_at >= a.starts_at and v_task.created_at < a.ends_at
             and (a.kind = 'organisation' or a.team_id = v_task.team_id)
             and case a.kind when 'class' then a.key = v_task.credential_class when 'project' then a.key = v_task.project_id::text
                   when 'member' then a.key = v_task.owner_id::text when 'credential' then a.key = v_task.credential_id::text
                   when 'campaign' then false else true end));
    exit when v_account_ids <@ v_locked;
    if v_locked <> '{}' then
      raise exception 'A budget of task % has just been set.', p_task_id using errcode = 'serialization_failure';
    end if;
    perform 1 from accounts where id = any(v_account_ids) order by id for update;
    v_locked := v_account_ids;
  end loop;
  select -l.spent_delta into refunded from ledger l where l.operation_key = p_task_id || ':refund:' || p_reason;
  if found then outcome := 'repeated'; return; end if;
  select * into strict v_task from tasks where id = p_task_id for update;
  refunded := coalesce(p_amount, v_task.actual - v_task.refunded);
  if refunded = 0 or v_task.refunded + refunded > v_task.actual then outcome := 'too_much'; return; end if;
  update tasks t set refunded = t.refunded + refund_task.refunded, version = version + 1, updated_at = now() where id = p_task_id;
  insert into ledger (operation_key, kind, task_id, account_ids, spent_delta)
    values (p_task_id || ':refund:' || p_reason, 'refund', p_task_id, v_account_ids, -refunded);
  -- What a seal says of the range is no longer so.
  delete from ledger_seals s where p_task_id >= s.from_key and p_task_id < s.to_key;
  update accounts set spent = spent - refunded where id = any(v_account_ids);
  perform note_act('task.refund', 'task:' || p_task_id, null, jsonb_build_object('amount_usd', usd(refunded), 'reason', p_reason));
  outcome := 'refunded';
end $$;
