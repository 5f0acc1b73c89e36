-- Callbacks that were delivered or given up, and are past their team's retention. They belong to no class.
create or replace function due_callbacks(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language plpgsql stable as $$
declare
  v_tasks text[] := array(select h.task_id from legal_holds h where h.released_at is null and h.task_id is not null);
  v_campaigns text[] := array(select h.campaign_id from legal_holds h where h.released_at is null and h.campaign_id is not null);
begin
  return query
    select due.* from teams m cross join lateral (select retention_days('callbacks', m.id, '') as days) as kept cross join lateral (
      select c.id, c.team_id, (pg_column_size(c.attempts) + octet_length(c.url))::bigint from callbacks c
      where c.team_id = m.id and c.status <> 'pending' and c.created_at <= p_now - kept.days * interval '24 hours'
        and coalesce(c.task_id, '') <> all(v_tasks) and coalesce(c.campaign_id, '') <> all(v_campaigns)
      order by c.id limit p_limit
    ) as due
    where kept.days is not null and not exists (select from legal_holds h where h.team_id = m.id and h.released_at is null) limit p_limit;
end $$;
