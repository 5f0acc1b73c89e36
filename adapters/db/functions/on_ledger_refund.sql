-- Listens to the ledger: what is given back is taken off the call and the usage of its task in the next turn of `record_calls`.
create or replace function on_ledger_refund() returns trigger language plpgsql as $$
begin
  insert into call_inbox (refund_task_id, refund) values (new.task_id, -new.spent_delta);
  return null;
end $$;
