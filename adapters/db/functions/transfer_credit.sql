-- Moves part of what a team may still spend to another team. Answers 'transferred', 'repeated', 'conflict' (another transfer has this id),
-- 'unlimited' (one of them has no total budget), or 'too_much'.
create or replace function transfer_credit(p_id text, p_from int, p_to int, p_amount bigint, p_note text) returns text language plpgsql as $$
declare
  v_earlier transfers;
begin
  perform open_account('team', team_id, '') from unnest(array[least(p_from, p_to), greatest(p_from, p_to)]) as team_id;
  perform 1 from accounts where kind = 'team' and team_id in (p_from, p_to) and key = '' and period = '' order by id for update;
  select * into v_earlier from transfers where id = p_id;
  if found then
    return case when (v_earlier.from_team_id, v_earlier.to_team_id, v_earlier.amount) = (p_from, p_to, p_amount) then 'repeated' else 'conflict' end;
  end if;
  if (select count(*) from budgets where kind = 'team' and team_id in (p_from, p_to) and key = '' and period = 'total') < 2 then return 'unlimited'; end if;
  perform lapse_grants(p_from);
  if (select granted - spent - held from accounts where kind = 'team' and team_id = p_from and key = '' and period = '') < p_amount then return 'too_much'; end if;
  insert into transfers (id, from_team_id, to_team_id, amount, note) values (p_id, p_from, p_to, p_amount, p_note);
  perform credit_team(p_from, -p_amount, format('transfer %s to team %s', p_id, p_to));
  perform credit_team(p_to, p_amount, format('transfer %s from team %s', p_id, p_from));
  return 'transferred';
end $$;
