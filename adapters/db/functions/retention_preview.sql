-- What the next turns would delete, by kind and team, without deleting it: at most p_limit things of each kind are counted.
create or replace function retention_preview(p_now timestamptz, p_call_days int, p_limit int)
  returns table (kind text, team_id int, rows bigint, bytes bigint) language sql stable as $$
  select kind, coalesce(team_id, 0), sum(rows)::bigint, sum(bytes)::bigint from (
    select 'contents' as kind, team_id, 1 as rows, bytes from due_tasks(p_now, p_limit)
    union all select 'contents', team_id, 1, bytes from due_inputs(p_now, p_limit)
    union all select 'contents', team_id, 1, bytes from due_files(p_now, p_limit)
    union all select 'contents', c.team_id, c.total - c.contents_expired_through, 0 from campaigns c
      where c.contents_expired_through < c.total and contents_over(c.team_id, c.credential_class, c.finished_at, null, c.id, p_now) is not null
    union all select 'callbacks', team_id, 1, bytes from due_callbacks(p_now, p_limit)
    union all select 'histories', team_id, 1, bytes from due_histories(p_now, p_limit)
    union all select 'incidents', team_id, 1, bytes from due_incidents(p_now, p_limit)
    union all select 'calls', s.team_id, (select count(*) from (
        select from calls c where c.team_id = s.team_id and c.class = s.class and c.id < 'call_' || substr(task_key(p_now - s.days * interval '24 hours'), 6)
          and not exists (select from legal_holds h where h.released_at is null and (h.task_id = c.task_id or h.campaign_id = c.campaign_id))
        limit p_limit) as due), 0
      from retention_scopes('calls', p_call_days) s
    union all select 'audit', 0, (select count(*) from audit_log where at < p_now - retention_days('audit', 0, '') * interval '24 hours'
      and seq < (select seq from audit_anchor)), 0
  ) as due group by kind, coalesce(team_id, 0) having sum(rows) > 0 order by kind, coalesce(team_id, 0)
$$;
