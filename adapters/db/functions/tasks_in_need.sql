-- The tasks that a run may still take a staged result from, each with all that replay it: open ones, and those that failed with a delivered
-- result until their retention ends, or for p_days when their team keeps everything.
create or replace function tasks_in_need(p_ids text[], p_now timestamptz, p_days int) returns setof text language sql stable as $$
  with recursive family(root, id) as (
    select id, id collate "C" from unnest(p_ids) as asked(id)
    union select family.root, t.id from family cross join lateral (select id from tasks where replay_of = family.id offset 0) as t
  )
  select distinct family.root from family cross join lateral (
    select id, team_id, credential_class, status, finished_at, contents_expired_at from tasks where tasks.id = family.id offset 0
  ) as t
  where t.finished_at is null
     or (t.status <> 'succeeded' and t.contents_expired_at is null
         and t.finished_at > p_now - coalesce(retention_days('contents', t.team_id, t.credential_class), p_days) * interval '24 hours'
         and (select true from attempts a where a.task_id = t.id and a.delivered is not null limit 1))
$$;
