-- Takes refunds that wait off the calls and the usage of their tasks, once these are there. The usage is that of the hour of the request.
create or replace function refund_calls(p_limit int) returns int language plpgsql as $$
declare
  v_refund record;
  v_call record;
  v_count int := 0;
begin
  for v_refund in
    select i.n, i.refund_task_id as task_id, i.refund, call_id(t.id, t.request) as call_id, t.settled_at
    from call_inbox i left join tasks t on t.id = i.refund_task_id where i.refund is not null order by i.n limit p_limit
  loop
    select * into v_call from calls_of(array[v_refund.task_id], v_refund.task_id, v_refund.task_id);
    if found then
      update calls set cost = cost - v_refund.refund where id = v_refund.call_id;
      -- It comes into the log in a moment, unless its retention has taken it out.
      continue when not found and v_refund.call_id collate "C" >= (select kept_from from call_cursor)
        and (v_refund.settled_at > now() - interval '1 hour' or not exists (
          select from call_ends e where e.team_id = v_call.team_id and e.class = v_call.class and v_refund.call_id collate "C" < e.before_id));
      update usage_hours u set cost = u.cost - v_refund.refund
      -- Hours may have begun at another minute, when the team's zone was another.
      where u.team_id = v_call.team_id and u.hour > task_key_time(v_call.id) - interval '1 hour' and u.hour <= task_key_time(v_call.id)
        and u.hour = (
          select o.hour from usage_hours o
          where o.team_id = u.team_id and o.hour > task_key_time(v_call.id) - interval '1 hour' and o.hour <= task_key_time(v_call.id)
            and (o.credential_id, o.project_id, o.member_id, o.model, o.provider, o.campaign_id, o.template, o.modality)
              = (u.credential_id, u.project_id, u.member_id, u.model, u.provider, u.campaign_id, u.template, u.modality)
          order by o.hour = usage_hour(o.team_id, task_key_time(v_call.id)) desc, o.hour desc limit 1)
        and u.credential_id = v_call.credential_id
        and u.project_id = coalesce(v_call.project_id, 0) and u.member_id = coalesce(v_call.member_id, 0) and u.model = v_call.model
        and u.provider = coalesce(v_call.provider, '') and u.campaign_id = coalesce(v_call.campaign_id, '')
        and u.template = coalesce(v_call.template, '') and u.modality = coalesce(v_call.modality, '');
    end if;
    delete from call_inbox where n = v_refund.n;
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;
