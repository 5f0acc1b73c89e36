-- The ledger keeps what was written.
create or replace function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is append-only: correct a movement by adding another.';
end $$;
