-- Tells a team of what is no end of a task, campaign or batch: writes the event, in the caller's transaction. p_type is one of WEBHOOK_EVENT_TYPES
-- (domain/events/webhook-event.ts); p_data is what the event says: ids and small facts, no contents and no secrets. p_key names what happened:
-- the same key gives the same event id, so that receivers know a repeat.
create or replace function tell_team(p_team_id int, p_type text, p_key text, p_data json) returns void language sql as $$
  insert into events (id, type, team_id, data, has_callback, announced)
  values ('evt_' || md5(p_type || ':' || p_team_id || ':' || p_key), p_type, p_team_id, p_data, false, false)
  on conflict do nothing
$$;
