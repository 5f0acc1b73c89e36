-- Notes an act for the audit log: `seal_audit` appends it as this transaction is committed. Two changes of one thing become one entry: from what
-- was before the first to what is after the last. p_subject: the id of the person whom it is about.
create or replace function note_act(p_action text, p_object text, p_before jsonb, p_after jsonb, p_subject text default null) returns void
language plpgsql as $$
begin
  insert into audit_pending as p (kind, object, action, subject, before, after)
    values (split_part(p_action, '.', 1), p_object, p_action, p_subject, p_before, p_after)
  on conflict (transaction, kind, object) do update set
    action = case when p.action like '%.change' or excluded.action like '%.erase' then excluded.action else p.action end,
    before = case when p.before is not null or p.action like '%.change'
                  then nullif(coalesce(excluded.before, '{}') || coalesce(p.before, '{}'), '{}') end,
    after = nullif(coalesce(p.after, '{}') || coalesce(excluded.after, '{}'), '{}');
end $$;
