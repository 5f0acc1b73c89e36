-- What an account kind is called in a message.
create or replace function account_title(p_kind text) returns text language sql immutable as $$
  select case p_kind
    when 'credential' then 'This key''s limit' when 'class' then 'The team''s budget for this class of keys'
    when 'team' then 'The team''s budget' when 'month' then 'The team''s budget for this month' else 'The campaign''s budget' end
$$;
