-- Listens to events: tells those who look at a task or campaign that it changed. Equal notifications of one transaction are one.
create or replace function on_event_changes() returns trigger language plpgsql as $$
begin
  perform pg_notify('atelier_task', coalesce(new.task_id, new.campaign_id));
  return null;
end $$;
