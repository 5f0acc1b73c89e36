-- Gives an object up instead of removing it now, while a backup is being made. Answers false when it may be removed at once.
create or replace function hold_removal(p_key text) returns boolean language plpgsql as $$
begin
  if not removals_held() then return false; end if;
  insert into removals (key) values (p_key) on conflict do nothing;
  return true;
end $$;
