-- Writes a delivery of an event for each endpoint of the team that wants its type.
create or replace function tell_endpoints(p_event_id text, p_type text, p_team_id int, p_task_id text, p_campaign_id text, p_data json)
  returns void language sql as $$
  insert into callbacks (id, event_id, endpoint_id, team_id, type, url, task_id, campaign_id, data)
  select 'whd_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(p_event_id || ':' || e.id), 1, 20),
         p_event_id, e.id, p_team_id, p_type, e.url, p_task_id, p_campaign_id, p_data
  from webhook_endpoints e
  where e.team_id = p_team_id and e.enabled and e.event_types && array[p_type, split_part(p_type, '.', 1) || '.*']
  on conflict do nothing
$$;
