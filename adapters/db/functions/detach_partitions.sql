-- Takes the tasks, attempts and ledger rows of one old interval out of the history: select detach_partitions('20261201'), or 'first'. Their tables
-- stay in the database as they are, to be dumped and dropped. Balances stay: what the rows that leave add up to is carried forward as one
-- movement for each account, so that the books can be proved without them. Their tasks are then unknown: not shown, replayed or refunded.
create or replace function detach_partitions(p_name text) returns text language plpgsql as $$
declare
  v_open bigint;
  v_carried int;
begin
  if not exists (select 1 from pg_inherits where inhparent = 'tasks'::regclass and inhrelid = to_regclass('tasks_' || p_name)) or p_name = 'rest' then
    raise exception 'tasks has no partition tasks_%.', p_name;
  end if;
  if task_key(now()) < (select substring(pg_get_expr(relpartbound, oid) from $bound$ TO \('(task_[0-9a-f]{12})'\)$bound$) collate "C"
                        from pg_class where oid = to_regclass('tasks_' || p_name)) then
    raise exception 'tasks_% is still being written to.', p_name;
  end if;
  -- A refund is the only movement that still comes to an old partition; the others need not wait while this adds up.
  execute format('lock table %I in share mode', 'ledger_' || p_name);
  execute format('select count(*) from %I where finished_at is null', 'tasks_' || p_name) into v_open;
  if v_open > 0 then raise exception '% tasks of tasks_% have not ended.', v_open, p_name; end if;
  execute format('create temp table carried on commit drop as
    select account_id, sum(granted_delta) as granted, sum(held_delta) as held, sum(spent_delta) as spent
    from %I, unnest(account_ids) as account_id group by 1', 'ledger_' || p_name);
  delete from ledger_seals where to_key =
    (select substring(pg_get_expr(relpartbound, oid) from $bound$ TO \('(task_[0-9a-f]{12})'\)$bound$) from pg_class where oid = to_regclass('tasks_' || p_name));
  execute format('delete from task_records r where r.id in (select id from %I)', 'tasks_' || p_name);
  execute format('alter table tasks detach partition %I', 'tasks_' || p_name);
  execute format('alter table ledger detach partition %I', 'ledger_' || p_name);
  execute format('alter table attempts detach partition %I', 'attempts_' || p_name);
  if p_name = 'first' then
    -- It also took the movements that belong to no task.
    perform new_partition('ledger', 'ledger_accounts');
    alter table ledger attach partition ledger_accounts for values from (minvalue) to ('task_');
  end if;
  insert into ledger (operation_key, kind, account_ids, granted_delta, held_delta, spent_delta, note)
    select format('account:%s:carried:%s', account_id, p_name), 'adjust', array[account_id], granted, held, spent, 'carried forward from ledger_' || p_name
    from carried order by account_id;
  get diagnostics v_carried = row_count;
  return format('tasks_%1$s, attempts_%1$s and ledger_%1$s are tables of their own; the balances of %2$s accounts are carried forward.', p_name, v_carried);
end $$;
