-- Takes what still names an erased person out of a part of the tasks and calls that they made: the name of their credential and their address.
-- Answers how many were looked at; 0: nothing is left.
create or replace function erase_traces(p_limit int) returns int language plpgsql as $$
declare
  v_left erasures;
  v_ids text[];
  v_calls int;
begin
  select * into v_left from erasures where done_at is null order by user_id, credential_id limit 1 for update skip locked;
  if not found then return 0; end if;
  v_ids := array(select id from tasks where team_id = v_left.team_id and id > v_left.through order by id limit p_limit);
  update tasks set credential_name = v_left.new_name,
                   request = (request::jsonb - 'ip')::json
    where id = any(v_ids) and id between v_ids[1] and v_ids[cardinality(v_ids)] and credential_id = v_left.credential_id;
  with named as (
    select id from calls where member_id = v_left.user_id and ip is not null limit p_limit
  )
  update calls c set ip = null from named where c.id = named.id;
  get diagnostics v_calls = row_count;
  update erasures set through = coalesce(v_ids[cardinality(v_ids)], through),
                      done_at = case when cardinality(v_ids) < p_limit and v_calls < p_limit then now() end
    where user_id = v_left.user_id and credential_id = v_left.credential_id;
  return greatest(cardinality(v_ids) + v_calls, 1);
end $$;
