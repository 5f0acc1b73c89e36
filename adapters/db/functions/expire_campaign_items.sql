-- Removes the inputs of items of campaigns that ended before their retention: a part of one campaign. Answers how many.
create or replace function expire_campaign_items(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_campaign record;
  v_through int;
  v_bytes bigint;
begin
  select c.id, c.team_id, c.total, c.contents_expired_through,
      contents_over(c.team_id, c.credential_class, c.finished_at, null, c.id, p_now) as ended_at into v_campaign
    from campaigns c
    where c.contents_expired_through < c.total and c.finished_at <= p_now
      and contents_over(c.team_id, c.credential_class, c.finished_at, null, c.id, p_now) is not null
    order by c.finished_at limit 1 for update of c skip locked;
  if not found then return 0; end if;
  v_through := least(v_campaign.total, v_campaign.contents_expired_through + p_limit);
  select coalesce(sum(pg_column_size(i.input)), 0) into v_bytes from campaign_items i
    where i.campaign_id = v_campaign.id and i.index > v_campaign.contents_expired_through and i.index <= v_through;
  update campaign_items i set input = expired_input(i.type, i.input)
    where i.campaign_id = v_campaign.id and i.index > v_campaign.contents_expired_through and i.index <= v_through;
  update campaigns set contents_expired_at = coalesce(contents_expired_at, v_campaign.ended_at), contents_expired_through = v_through,
                       version = version + 1
    where id = v_campaign.id;
  perform note_retention(p_now, 'contents', v_campaign.team_id, v_through - v_campaign.contents_expired_through, v_bytes);
  return v_through - v_campaign.contents_expired_through;
end $$;
