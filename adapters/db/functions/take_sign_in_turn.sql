-- Counts an attempt to sign in before its password is checked, under the lock of its account: the attempt that makes p_failures within
-- p_within_ms also locks the account for p_lock_ms, unless it succeeds (which removes the row). A crash in between counts as a failure.
create or replace function take_sign_in_turn(p_account text, p_address text, p_failures int, p_within_ms int, p_lock_ms int)
returns table (granted boolean, locked_until timestamptz, address_failures int) language plpgsql as $$
#variable_conflict use_column
declare
  v_row sign_in_failures;
  v_now timestamptz;
  v_since timestamptz;
  v_attempts timestamptz[];
  v_granted boolean;
begin
  insert into sign_in_failures as f (kind, key, attempted_at) values ('account', p_account, '{}')
  on conflict (kind, key) do update set updated_at = clock_timestamp() returning f.* into v_row;
  -- Read behind the lock: the turn before may have been long.
  v_now := clock_timestamp();
  v_since := v_now - p_within_ms * interval '1 millisecond';
  v_granted := coalesce(v_row.locked_until <= v_now, true);
  if v_granted then
    -- A lock that is over begins a new count.
    v_attempts := case when v_row.locked_until is null
      then array(select at from unnest(v_row.attempted_at) as at where at > v_since) else '{}' end || v_now;
    v_row.locked_until := case when cardinality(v_attempts) >= p_failures then v_now + p_lock_ms * interval '1 millisecond' end;
    update sign_in_failures f set attempted_at = v_attempts, locked_until = v_row.locked_until, updated_at = v_now
    where f.kind = 'account' and f.key = p_account;
  end if;
  return query select v_granted, v_row.locked_until,
    coalesce((select count(*)::int from sign_in_failures f, unnest(f.attempted_at) as at
              where f.kind = 'address' and f.key = p_address and at > v_since), 0);
end $$;
