-- Stores a task that does not fit as failed: seen by its owner, nothing held, no key taken, nobody called back.
create or replace function store_refused(p_task json, p_input json, p_error json, p_class text, p_project_id int, p_owner_id int) returns void language sql as $$
  -- No event tells of it: it waits for the next turn of record_calls.
  insert into task_record_inbox (task_id, team_id) select id, team_id from json_to_record(p_task) as g(id text, team_id int) on conflict do nothing;
  insert into tasks (id, type, operation, endpoint, model, status, phase, created_at, updated_at, finished_at, input, team_id, team_name,
                     credential_id, credential_name, credential_class, project_id, owner_id, metadata, callback_url, priority, deadline_at,
                     replay_of, campaign_id, request_hash, estimated, reserved, held, skipped_routes, account_ids, error, refused,
                     output, request)
  select id, type, operation, endpoint, model, 'failed', 'done', now(), now(), now(), p_input, team_id, team_name,
         credential_id, credential_name, p_class, p_project_id, p_owner_id, metadata, callback_url, priority, deadline_at,
         replay_of, campaign_id, request_hash, reserve, 0, 0, skipped_routes, '{}', p_error, true, output, request
  from json_to_record(p_task) as g(
    id text, type text, operation text, endpoint text, model text, team_id int, team_name text, credential_id int,
    credential_name text, metadata json, callback_url text, priority text,
    deadline_at timestamptz, replay_of text, campaign_id text, request_hash text, reserve bigint, skipped_routes json, output json, request json)
$$;
