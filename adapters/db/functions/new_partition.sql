-- Makes an empty table that can become a partition; what a partitioned table cannot pass on is set here.
create or replace function new_partition(p_table text, p_name text) returns void language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints including storage including compression) with (%s)',
    p_name, p_table, case p_table
      when 'tasks' then 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05'
      when 'attempts' then 'fillfactor = 80' else 'fillfactor = 100' end);
  if p_table = 'ledger' then
    execute format('create trigger ledger_is_append_only before update or delete or truncate on %I for each statement execute function refuse_ledger_change()', p_name);
  end if;
end $$;
