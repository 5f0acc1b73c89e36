-- Listens to events: writes a delivery for each endpoint of the team that wants it. A background response and a video are told twice, as the
-- task that they are and as OpenAI tells of them, under ids of their own. Deliveries are numbered afterwards, so that nothing waits here.
create or replace function on_event_webhooks() returns trigger language plpgsql as $$
declare
  v_task record;
  v_type text;
  v_id text;
begin
  if not exists (select from webhook_endpoints e where e.team_id = new.team_id and e.enabled) then return null; end if;
  perform tell_endpoints(new.id, new.type, new.team_id, new.task_id, case when new.batch_id is null then new.campaign_id end,
                         coalesce(new.data, case when new.batch_id is not null then json_build_object('id', new.batch_id) end));
  if new.task_id is null then return null; end if;
  select t.type, t.endpoint, t.status, t.text_result into v_task from tasks t where t.id = new.task_id;
  if v_task.type = 'video' then
    v_type := case v_task.status when 'succeeded' then 'video.completed' else 'video.failed' end;
    v_id := new.task_id;
  elsif v_task.endpoint = 'responses.background' then
    v_id := 'resp_' || substr(new.task_id, 6);
    v_type := case
      when v_task.status = 'cancelled' then 'response.cancelled'
      when v_task.status <> 'succeeded' then 'response.failed'
      -- A long answer is kept elsewhere, and its row says how it ended.
      when coalesce(v_task.text_result #>> '{body,choices,0,finish_reason}', v_task.text_result ->> 'finishReason') in ('length', 'content_filter')
        then 'response.incomplete'
      else 'response.completed' end;
  end if;
  if v_type is not null then
    perform tell_endpoints('evt_' || md5(new.id || ':' || v_type), v_type, new.team_id, null, null, json_build_object('id', v_id));
  end if;
  return null;
end $$;
