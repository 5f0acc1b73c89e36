-- Notes a call that the provider refused for a reason that only operators can mend. A row each: many failing at once do not wait for each other.
create or replace function note_provider_fault() returns trigger language plpgsql as $$
begin
  insert into provider_faults (provider, model, code, task_id) values (new.provider, new.model, new.error_code, new.task_id);
  return null;
end $$;
