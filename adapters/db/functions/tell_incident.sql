-- Tells the team of an incident, if it has one. p_type: 'incident.opened', 'incident.acknowledged', 'incident.resolved' or 'budget.threshold'.
create or replace function tell_incident(p_id text, p_type text) returns void language sql as $$
  select tell_team(coalesce(team_id, 0), p_type, id, case when p_type = 'budget.threshold'
    then (evidence::jsonb || jsonb_build_object('incident_id', id))::json
    else json_build_object('id', id, 'object', 'incident', 'rule', rule, 'severity', severity, 'state', state, 'subject', subject, 'evidence', evidence,
      'opened_at', opened_at, 'resolved_at', resolved_at) end)
  from incidents where id = p_id
$$;
