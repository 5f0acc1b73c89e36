-- Tells that a batch has ended: writes the event, whose type is the batch's status.
create or replace function tell_batch(p_id text) returns void language sql as $$
  insert into events (id, type, campaign_id, batch_id, team_id, has_callback, announced)
  select 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(id || ':' || status), 1, 20),
         'batch.' || status, campaign_id, id, team_id, false, true
  from batches where id = p_id
$$;
