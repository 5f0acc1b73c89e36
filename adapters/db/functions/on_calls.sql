-- Keeps call_hours and call_days equal to the log, whoever writes it: triggers of `calls`, once for each statement. What is dropped with its
-- partition is taken out a little later (`CallStore.dropBefore`).
create or replace function on_calls() returns trigger language plpgsql as $$
begin
  execute format($sum$
    with counted as materialized (
      select date_trunc('hour', task_key_time(id), 'UTC') as start, team_id, credential_id, class, coalesce(project_id, 0) as project_id,
             coalesce(member_id, 0) as member_id, endpoint, model, coalesce(provider, '') as provider, status,
             sum(sign) as requests, sum(sign * fallback::int) as fallbacks, sum(sign * cost) as cost
      from (%s) as change group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
      -- An erased address is no change here.
      having (sum(sign), sum(sign * fallback::int), sum(sign * cost)) <> (0, 0, 0)
    ), hours as (
      insert into call_hours as h (start, team_id, credential_id, class, project_id, member_id, endpoint, model, provider, status, requests, fallbacks, cost)
      select * from counted
      on conflict (team_id, start, credential_id, model, provider, endpoint, status, project_id, member_id, class) do update set
        requests = h.requests + excluded.requests, fallbacks = h.fallbacks + excluded.fallbacks, cost = h.cost + excluded.cost
    )
    insert into call_days as d (start, team_id, credential_id, class, project_id, member_id, endpoint, model, provider, status, requests, fallbacks, cost)
    select date_trunc('day', start, 'UTC'), team_id, credential_id, class, project_id, member_id, endpoint, model, provider, status,
           sum(requests), sum(fallbacks), sum(cost)
    from counted group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (team_id, start, credential_id, model, provider, endpoint, status, project_id, member_id, class) do update set
      requests = d.requests + excluded.requests, fallbacks = d.fallbacks + excluded.fallbacks, cost = d.cost + excluded.cost
  $sum$, case tg_op
    when 'INSERT' then 'select 1 as sign, n.* from new_calls n'
    when 'DELETE' then 'select -1 as sign, o.* from old_calls o'
    else 'select 1 as sign, n.* from new_calls n union all select -1, o.* from old_calls o' end);
  if tg_op = 'DELETE' then
    delete from call_hours h where h.requests = 0
      and (h.team_id, h.start) in (select o.team_id, date_trunc('hour', task_key_time(o.id), 'UTC') from old_calls o);
    delete from call_days d where d.requests = 0
      and (d.team_id, d.start) in (select o.team_id, date_trunc('day', task_key_time(o.id), 'UTC') from old_calls o);
  end if;
  return null;
end $$;
