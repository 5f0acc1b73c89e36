-- Raises the version and tells the readers, once the transaction is committed.
create or replace function touch_catalogue() returns bigint language plpgsql as $$
declare
  v_version bigint;
begin
  update catalogue_state set version = version + 1, changed_at = now() returning version into v_version;
  perform pg_notify('atelier_catalogue', '');
  return v_version;
end $$;
