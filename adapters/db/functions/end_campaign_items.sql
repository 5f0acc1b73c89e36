-- Takes over the ends of tasks that are items. The caller may hold locks of tasks and accounts, not of campaigns.
create or replace function end_campaign_items(p_task_ids text[]) returns void language plpgsql
  set enable_seqscan = off set enable_nestloop = on set plan_cache_mode = force_generic_plan as $$
declare
  v_campaign_ids text[];
  v_id text;
  v_first text;
  v_last text;
begin
  select min(id collate "C"), max(id collate "C") into v_first, v_last from unnest(p_task_ids) as id;
  v_campaign_ids := array(select distinct t.campaign_id from tasks t where t.id = any(p_task_ids) and t.id between v_first and v_last and t.campaign_id is not null);
  perform 1 from campaigns where id = any(v_campaign_ids) order by id for update;
  with ended as (
    update campaign_items i set
      status = case t.status when 'succeeded' then 'succeeded' when 'cancelled' then 'cancelled' else 'failed' end, error = t.error
    from tasks t
    where i.task_id = any(p_task_ids) and i.status = 'running' and t.id = i.task_id and t.id = any(p_task_ids) and t.id between v_first and v_last
      and t.finished_at is not null
    returning i.campaign_id, i.status
  ), moved as (
    select campaign_id, count(*) as ended, count(*) filter (where status = 'succeeded') as succeeded,
           count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'cancelled') as cancelled
    from ended group by 1
  )
  update campaigns c set version = c.version + 1, running = c.running - moved.ended, succeeded = c.succeeded + moved.succeeded,
                         failed = c.failed + moved.failed, cancelled = c.cancelled + moved.cancelled
    from moved where c.id = moved.campaign_id and c.id = any(v_campaign_ids);
  foreach v_id in array v_campaign_ids loop
    perform close_campaign(v_id);
  end loop;
end $$;
