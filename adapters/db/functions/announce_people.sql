-- Tells the processes whose sessions they must read again: the payload is the id of the user. Equal notifications of one transaction are one.
create or replace function announce_people() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'users' then
    perform pg_notify('atelier_people', old.id::text);
  elsif tg_op = 'INSERT' then
    perform pg_notify('atelier_people', new.user_id::text);
  else
    perform pg_notify('atelier_people', old.user_id::text);
  end if;
  return null;
end $$;
