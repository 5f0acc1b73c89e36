-- Ends the deliveries that wait for an endpoint which is sent nothing any more, as failed: as many as a transaction ends quickly. The others end
-- so when their turn comes.
create or replace function close_deliveries(p_endpoint_id text) returns void language sql as $$
  update callbacks set status = 'failed', next_attempt_at = null, quiet_until = null
  where status = 'pending' and id in (select id from callbacks where endpoint_id = p_endpoint_id and status = 'pending' limit 2000)
$$;
