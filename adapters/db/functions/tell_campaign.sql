-- Writes an event of the campaign for its callback. Its id is its own and sorts by time.
create or replace function tell_campaign(p_id text, p_type text) returns void language sql as $$
  with told as (
    update campaigns set events = events + 1 where id = p_id and callback_url is not null returning id, team_id, callback_url, events
  )
  insert into callbacks (id, campaign_id, team_id, type, url, next_attempt_at)
  select 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(id || ':' || events), 1, 20),
         id, team_id, 'campaign.' || p_type, callback_url, now()
  from told
$$;
