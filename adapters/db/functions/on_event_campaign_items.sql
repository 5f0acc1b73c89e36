-- Listens to events: the end of a task that is an item ends the item, and the last one its campaign. The first of a group takes all of it,
-- so that a campaign's row changes once for a group; the others then find their items ended.
create or replace function on_event_campaign_items() returns trigger language plpgsql as $$
begin
  if exists (select from campaign_items i where i.task_id = new.task_id and i.status = 'running') then
    perform end_campaign_items(array(
      select e.task_id from events e where e.transaction = new.transaction and e.task_id is not null and e.campaign_id is not null));
  end if;
  return null;
end $$;
