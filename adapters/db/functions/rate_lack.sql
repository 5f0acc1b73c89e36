-- What a key has too little of for so many requests now, and in how many milliseconds to ask again; null: all is there. Locks the key's rate,
-- so that nobody else counts until the transaction ends. p_is_patient: others that wait go first.
create or replace function rate_lack(p_credential_id int, p_requests int, p_tokens bigint, p_is_patient boolean, out lack text, out wait_ms int)
  language plpgsql as $$
declare
  v_level record;
begin
  perform 1 from credential_rates r where r.credential_id = p_credential_id for update;
  if not found then
    insert into credential_rates (credential_id) values (p_credential_id) on conflict do nothing;
    perform 1 from credential_rates r where r.credential_id = p_credential_id for update;
  end if;
  v_level := rate_levels(p_credential_id);
  select short.what, ceil(short.ms) into lack, wait_ms from (values
    ('requests', (v_level.requests + p_requests - v_level.requests_limit) * 60000 / v_level.requests_limit),
    ('tokens', (v_level.tokens + least(p_tokens, v_level.tokens_limit) - v_level.tokens_limit) * 60000 / v_level.tokens_limit),
    ('concurrent', case when v_level.running + p_requests > v_level.concurrent_limit then 1000 end),
    ('turn', case when p_is_patient and v_level.waiting > 0 then 1000 end)
  ) as short(what, ms) where short.ms > 0 order by short.ms desc limit 1;
end $$;
