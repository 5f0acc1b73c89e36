-- Tells that a campaign has ended, or its budget: writes the event. The event's id is its own and sorts by time. Batches tell of themselves
-- (tell_batch).
create or replace function tell_campaign(p_id text, p_type text) returns void language sql as $$
  with told as (
    update campaigns set events = events + 1 where id = p_id and kind = 'campaign' returning id, team_id, callback_url, events
  )
  insert into events (id, type, campaign_id, team_id, has_callback, announced)
  select 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(id || ':' || events), 1, 20),
         'campaign.' || p_type, id, team_id, callback_url is not null, true
  from told
$$;
