-- The id in the log of a task's call: with the digits of its request, or its own when it is an item of a campaign.
create or replace function call_id(p_task_id text, p_request json) returns text language sql immutable parallel safe as $$
  select 'call_' || coalesce(substr(p_request ->> 'id', 5), substr(p_task_id, 6))
$$;
