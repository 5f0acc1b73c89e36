-- When the retention of the contents of something that ended at p_ended was over; null while it is not, and on hold.
create or replace function contents_over(p_team_id int, p_class text, p_ended timestamptz, p_task_id text, p_campaign_id text, p_now timestamptz default now())
  returns timestamptz language plpgsql stable as $$
declare
  v_over timestamptz := p_ended + retention_days('contents', p_team_id, p_class) * interval '24 hours';
begin
  if v_over is null or v_over > p_now then return null; end if;
  if exists (select from legal_holds where released_at is null and (team_id = p_team_id or task_id = p_task_id or campaign_id = p_campaign_id)) then return null; end if;
  return v_over;
end $$;
