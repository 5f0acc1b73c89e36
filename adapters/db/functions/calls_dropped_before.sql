-- Before this time no call is kept of anybody, so that whole partitions of the log can be dropped; '-infinity': something is kept for good.
create or replace function calls_dropped_before(p_now timestamptz, p_days int) returns timestamptz language sql stable as $$
  select least(
    (select case when count(*) = count(days) then p_now - coalesce(max(days), p_days) * interval '24 hours' else '-infinity' end
     from teams t cross join unnest(array['production', 'test', 'script', 'personal']) as c(class)
     cross join lateral (select retention_days('calls', t.id, c.class, p_days) as days) as kept),
    (select case when bool_or(h.team_id is not null) then '-infinity'
                 -- Its calls bear the times of their requests, which come before it or with its items.
                 else min(task_key_time(coalesce(h.task_id, h.campaign_id))) - interval '1 day' end
     from legal_holds h where h.released_at is null))
$$;
