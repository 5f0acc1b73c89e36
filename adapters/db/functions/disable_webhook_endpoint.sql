-- Disables an endpoint; p_reason as in webhook_endpoints.disabled_reason. Deliveries under way end as failed, for a later redelivery. The team's
-- other endpoints are told, unless the team asked for it.
create or replace function disable_webhook_endpoint(p_id text, p_reason text) returns void language plpgsql as $$
declare
  v_endpoint record;
begin
  update webhook_endpoints set enabled = false, disabled_reason = p_reason, disabled_at = now(), updated_at = now()
    where id = p_id and enabled returning * into v_endpoint;
  if not found then return; end if;
  perform close_deliveries(p_id);
  if p_reason = 'requested' then return; end if;
  perform tell_team(v_endpoint.team_id, 'webhook_endpoint.disabled', p_id || ':' || v_endpoint.disabled_at, json_build_object(
    'id', p_id, 'object', 'webhook_endpoint', 'name', v_endpoint.name, 'url', v_endpoint.url, 'disabled_reason', p_reason,
    'disabled_at', extract(epoch from v_endpoint.disabled_at)::bigint));
end $$;
