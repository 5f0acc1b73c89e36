-- Lets a whole group through, if the keys of all its members have room for it: counts it then, else nothing. p_rated: which payers have a rate;
-- p_requests, p_tokens: what the group asks of each.
create or replace function pass_rates(p_credential_ids int[], p_rated boolean[], p_requests int[], p_tokens bigint[], p_tasks json)
  returns boolean language plpgsql as $$
declare
  v_key record;
begin
  for v_key in
    select credential_id, sum(requests)::int as requests, sum(tokens)::bigint as tokens
    from unnest(p_credential_ids, p_rated, p_requests, p_tokens) as payer(credential_id, is_rated, requests, tokens)
    where is_rated group by 1 order by 1
  loop
    if (rate_lack(v_key.credential_id, v_key.requests, v_key.tokens, true)).wait_ms is not null then return false; end if;
  end loop;
  perform count_rate(member.credential_id, array_agg(member.id), array_agg(member.rate_tokens), false)
    from json_to_recordset(p_tasks) as member(id text, payer int, credential_id int, rate_tokens bigint)
    where p_rated[member.payer] group by member.credential_id;
  return true;
end $$;
