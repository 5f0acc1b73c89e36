-- Listens to events: writes the callback that the caller asked for, under the event's id.
create or replace function on_event_callbacks() returns trigger language plpgsql as $$
begin
  if new.task_id is not null then
    insert into callbacks (id, task_id, team_id, type, url, next_attempt_at)
    select new.id, new.task_id, new.team_id, new.type, t.callback_url, now() from tasks t where t.id = new.task_id;
  else
    insert into callbacks (id, campaign_id, team_id, type, url, next_attempt_at)
    select new.id, new.campaign_id, new.team_id, new.type, c.callback_url, now() from campaigns c where c.id = new.campaign_id;
  end if;
  return null;
end $$;
