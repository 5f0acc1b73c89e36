-- Incidents that were resolved and are past their team's retention. One whose condition still holds stays: it would open again.
create or replace function due_incidents(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language sql stable as $$
  select i.id, i.team_id, (pg_column_size(i.evidence) + pg_column_size(i.timeline))::bigint from incidents i
  where exists (select from retention_rules where kind = 'incidents' and days is not null)
    and i.resolved_at <= p_now - retention_days('incidents', coalesce(i.team_id, 0), '') * interval '24 hours' and not i.holds
    and not exists (select from legal_holds h where h.team_id = i.team_id and h.released_at is null)
  order by i.resolved_at limit p_limit
$$;
