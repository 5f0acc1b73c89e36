-- One turn of the call log and of what tasks are found by: takes in what has ended since the last one, in the order of the events, and what waits
-- in call_inbox and task_record_inbox. Turns go one after the other; a turn that does not commit leaves all where it was. Answers how much it took in, and the oldest transaction that still
-- runs: of what was committed by then (and fits p_limit), all is in.
create or replace function record_calls(p_limit int, out recorded int, out horizon text) language plpgsql
  set enable_seqscan = off as $$
declare
  v_cursor record;
  v_horizon xid8;
  v_task_ids text[];
  v_transaction xid8;
  v_event_id text;
  v_calls json;
  v_waiting int;
  v_refused_ids text[];
begin
  select transaction, event_id into v_cursor from call_cursor for update;
  v_horizon := pg_snapshot_xmin(pg_current_snapshot());
  select array_agg(task_id) filter (where task_id is not null), count(*),
         (array_agg(transaction order by transaction desc, id desc))[1], (array_agg(id order by transaction desc, id desc))[1]
    into v_task_ids, recorded, v_transaction, v_event_id
    from (select e.transaction, e.id, e.task_id from events e
          where (e.transaction, e.id) > (v_cursor.transaction, v_cursor.event_id) and e.transaction < v_horizon
          order by e.transaction, e.id limit p_limit) as told;
  with taken as (
    delete from call_inbox where n in (select n from call_inbox where call is not null order by n limit p_limit) returning call
  )
  select json_agg(call), count(*) into v_calls, v_waiting from taken;
  if v_task_ids is not null or v_calls is not null then perform keep_calls(coalesce(v_task_ids, '{}'), coalesce(v_calls, '[]')); end if;
  with taken as (
    delete from task_record_inbox where task_id in (select task_id from task_record_inbox order by task_id limit p_limit) returning task_id
  )
  select array_agg(task_id) into v_refused_ids from taken;
  if v_task_ids is not null or v_refused_ids is not null then perform keep_records(v_task_ids || v_refused_ids); end if;
  if v_transaction is not null then update call_cursor set transaction = v_transaction, event_id = v_event_id; end if;
  recorded := recorded + v_waiting + coalesce(cardinality(v_refused_ids), 0) + refund_calls(p_limit);
  horizon := v_horizon::text;
end $$;
