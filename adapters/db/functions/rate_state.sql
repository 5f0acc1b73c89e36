-- What is left of the minute of a key, for the headers of an answer.
create or replace function rate_state(p_credential_id int) returns json language sql volatile as $$
  select json_strip_nulls(json_build_object(
    'requests', case when requests_limit is not null then json_build_object('limit', requests_limit,
      'remaining', greatest(floor(requests_limit - requests), 0), 'resetMs', ceil(requests * 60000 / requests_limit)) end,
    'tokens', case when tokens_limit is not null then json_build_object('limit', tokens_limit,
      'remaining', greatest(floor(tokens_limit - tokens), 0), 'resetMs', ceil(tokens * 60000 / tokens_limit)) end,
    'concurrent', concurrent_limit))
  from rate_levels(p_credential_id)
$$;
