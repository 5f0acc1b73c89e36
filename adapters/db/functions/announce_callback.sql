-- Tells those who deliver that an event was written. Equal notifications of one transaction are one.
create or replace function announce_callback() returns trigger language plpgsql as $$
begin
  perform pg_notify('atelier_callback', '');
  return null;
end $$;
