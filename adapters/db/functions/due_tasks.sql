-- Ended tasks whose contents are past their retention, the oldest of each team first, with the bytes of their texts and files. A task that an
-- open replay may take up waits, and so does what is on hold.
create or replace function due_tasks(p_now timestamptz, p_limit int) returns table (id text, team_id int, bytes bigint) language plpgsql stable as $$
declare
  v_tasks text[] := array(select h.task_id from legal_holds h where h.released_at is null and h.task_id is not null);
  v_campaigns text[] := array(select h.campaign_id from legal_holds h where h.released_at is null and h.campaign_id is not null);
begin
  return query
    select due.id, due.team_id, due.bytes + coalesce((select sum(a.bytes)::bigint from assets a where a.task_id = due.id), 0)
    from (
      select t.* from retention_scopes('contents') s cross join lateral (
        select t.id, t.team_id, (pg_column_size(t.input) + coalesce(pg_column_size(t.text_result), 0))::bigint as bytes from tasks t
        where t.team_id = s.team_id and t.credential_class = s.class and t.finished_at is not null and t.contents_expired_at is null
          and t.finished_at <= p_now - s.days * interval '24 hours'
          and not exists (select 1 from tasks r where r.replay_of = t.id and r.finished_at is null)
          and t.id <> all(v_tasks) and (t.campaign_id is null or t.campaign_id <> all(v_campaigns))
        order by t.finished_at limit p_limit
      ) as t limit p_limit
    ) as due;
end $$;
