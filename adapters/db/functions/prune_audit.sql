-- Lets the oldest entries of the audit log go once their retention is over, at most once a day: an entry `audit.prune` says up to which, with
-- the hash that the rest begins with, and then they are deleted, p_limit at a time. The signed head and what follows it stays. Answers how many
-- entries were deleted or written.
create or replace function prune_audit(p_now timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_days int := retention_days('audit', 0, '');
  v_through bigint := coalesce((select (after ->> 'through')::bigint from audit_log where action = 'audit.prune' order by seq desc limit 1), 0);
  v_last audit_log;
  v_gone int;
begin
  with gone as (
    delete from audit_log where seq in (select seq from audit_log where seq <= v_through order by seq limit p_limit) returning seq
  ), addresses as (
    delete from audit_addresses where seq in (select seq from gone)
  )
  select count(*) into v_gone from gone;
  if v_gone > 0 then
    perform note_retention(p_now, 'audit', 0, v_gone, 0);
    return v_gone;
  end if;
  if v_days is null or exists (select from audit_log where action = 'audit.prune' and at > p_now - interval '1 day') then return 0; end if;
  select * into v_last from audit_log
    where seq > v_through and at < p_now - v_days * interval '24 hours' and seq < (select seq from audit_anchor) order by seq desc limit 1;
  if not found then return 0; end if;
  perform note_act('audit.prune', 'audit', null, jsonb_build_object('through', v_last.seq, 'hash', v_last.hash, 'days', v_days));
  return 1;
end $$;
