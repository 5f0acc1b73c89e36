-- Archived histories that are past the retention of their task's team and class. Of a task that is not known any more: past that of all teams.
create or replace function due_histories(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language sql stable as $$
  select h.task_id, t.team_id, 0::bigint from histories h left join tasks t on t.id = h.task_id
  where exists (select from retention_rules where kind = 'histories' and days is not null)
    and h.complete and h.kept_at <= p_now - retention_days('histories', t.team_id, t.credential_class) * interval '24 hours'
    and not exists (select from legal_holds o where o.released_at is null
                      and (o.team_id = t.team_id or o.task_id = h.task_id or o.campaign_id = t.campaign_id))
  order by h.kept_at limit p_limit
$$;
