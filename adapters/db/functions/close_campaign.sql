-- Ends a campaign when all its items have ended, pauses it when those of its trial have, and says that it changed. A batch then has its files
-- to write. The caller holds its lock.
create or replace function close_campaign(p_id text) returns void language plpgsql as $$
declare
  v_status text;
  v_kind text;
begin
  update campaigns set status = case when cancel_requested then 'cancelled' else 'completed' end, status_reason = null, finished_at = now(),
                       version = version + 1
    where id = p_id and queued = 0 and running = 0 and status in ('running', 'paused', 'budget_exhausted')
    returning status, kind into v_status, v_kind;
  if v_kind = 'batch' then
    update batches set status = 'finalizing', ending = coalesce(ending, case v_status when 'cancelled' then 'cancelled' else 'completed' end),
                       finalizing_at = clock_timestamp()
      where campaign_id = p_id and status = 'in_progress';
  elsif v_status is not null then
    perform tell_campaign(p_id, v_status);
  end if;
  update campaigns c set status = 'paused', status_reason = 'trial', version = version + 1
    where id = p_id and status = 'running' and not cancel_requested and trial is not null and running = 0 and queued > 0
      and not exists (select from campaign_items i where i.campaign_id = p_id and i.status = 'queued' and i.index <= c.trial);
  perform pg_notify('atelier_task', p_id);
end $$;
