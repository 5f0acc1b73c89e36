-- After a restore: transactions of this server have numbers of their own. Events and the cursors that follow them get the numbers 1, 2, ... in their
-- order, below every number that a server gives out (initdb itself uses some hundreds): what a cursor has seen has its number, or a lower one.
-- Followers are tables with the columns `transaction` and `event_id`.
create or replace function renumber_events() returns void language plpgsql as $$
declare
  v_follower text;
begin
  create temp table cursors (follower text, transaction xid8, event_id text collate "C") on commit drop;
  for v_follower in
    select c.relname from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'events'
      and (select count(*) from pg_attribute a
           where a.attrelid = c.oid and not a.attisdropped and ((a.attname = 'transaction' and a.atttypid = 'xid8'::regtype) or a.attname = 'event_id')) = 2
  loop
    execute format('insert into cursors (follower, transaction, event_id) select %L, transaction, event_id from %I', v_follower, v_follower);
  end loop;
  create temp table places on commit drop as
    select transaction, event_id, row_number() over (order by transaction, event_id) as number
    from (select distinct transaction, event_id from cursors) as place;
  update events e set transaction =
    (select 1 + count(*) from places p where (p.transaction, p.event_id) < (e.transaction, e.id))::text::xid8;
  for v_follower in select distinct follower from cursors loop
    execute format(
      'update %I f set transaction = p.number::text::xid8,
         event_id = coalesce((select max(e.id) from events e where e.transaction = p.number::text::xid8), '''')
       from places p where (p.transaction, p.event_id) = (f.transaction, f.event_id)', v_follower);
  end loop;
end $$;
