-- Gives up files that came in with requests and are past their retention (`due_inputs`). Answers how many.
create or replace function expire_inputs(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_ids text[] := array(select id from due_inputs(p_now, p_limit));
  v_gone int;
begin
  v_ids := array(select id from assets where id = any(v_ids) and contents_expired_at is null for update skip locked);
  with expired as (
    update assets a set contents_expired_at = a.created_at + retention_days('contents', a.team_id, '') * interval '24 hours'
    where a.id = any(v_ids) returning a.key, a.thumbnail_key, a.team_id, a.bytes
  ), given_up as (
    insert into removals (key) select key from expired union select thumbnail_key from expired where thumbnail_key is not null
      on conflict do nothing
  ), told as (
    select note_retention(p_now, 'contents', team_id, count(*), sum(bytes)::bigint) from expired group by team_id
  )
  select count(*) into v_gone from told;
  return cardinality(v_ids);
end $$;
