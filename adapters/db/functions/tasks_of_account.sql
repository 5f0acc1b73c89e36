-- The tasks whose money counts in an account. An id begins with the time of its maker's clock, which may differ from ours by a little.
create or replace function tasks_of_account(p_kind text, p_team_id int, p_key text, p_from timestamptz, p_to timestamptz) returns setof tasks
  language sql stable as $$
  select t.* from tasks t
  where (p_kind = 'organisation' or t.team_id = p_team_id)
    and case p_kind
          when 'class' then t.credential_class = p_key when 'project' then t.project_id = p_key::int when 'member' then t.owner_id = p_key::int
          when 'credential' then t.credential_id = p_key::int when 'campaign' then t.campaign_id = p_key else true end
    and (p_from = '-infinity' or (t.created_at >= p_from and t.id >= task_key(greatest(p_from, '2000-01-02Z') - interval '1 hour')))
    and (p_to = 'infinity' or (t.created_at < p_to and t.id < task_key(least(p_to, '2200-01-01Z') + interval '1 hour')))
    and not t.refused
$$;
