-- Where the partitions of a table end.
create or replace function last_partition_key(p_table text) returns text language sql stable as $$
  select max(substring(pg_get_expr(c.relpartbound, c.oid) from $bound$ TO \('([a-z]{4}_[0-9a-f]{12})'\)$bound$) collate "C")
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = p_table::regclass
$$;
