-- What a delivery attempt says of its endpoint: p_outcome is delivered, failed, gone (410), or null: nothing. One at which nothing succeeds for
-- three days is disabled, and so is one that is gone. The endpoint is locked before its deliveries are, here as everywhere. Answers whether it is
-- (still) enabled.
create or replace function end_webhook_attempt(p_endpoint_id text, p_outcome text) returns boolean language plpgsql as $$
begin
  if p_outcome = 'delivered' then
    update webhook_endpoints set failing_since = null where id = p_endpoint_id and failing_since is not null;
  elsif p_outcome is not null then
    update webhook_endpoints set failing_since = now() where id = p_endpoint_id and failing_since is null;
    if p_outcome = 'gone' then
      perform disable_webhook_endpoint(p_endpoint_id, 'gone');
    elsif exists (select from webhook_endpoints where id = p_endpoint_id and failing_since <= now() - interval '3 days') then
      perform disable_webhook_endpoint(p_endpoint_id, 'failing');
    end if;
  end if;
  return exists (select from webhook_endpoints where id = p_endpoint_id and enabled);
end $$;
