-- The error of a task that does not fit an account: which budget refused it, what is left of that, and when it begins anew.
create or replace function budget_refusal(p_account_id int, p_reserve bigint) returns json language sql stable as $$
  select json_build_object('code', 'insufficient_quota', 'message', format(
      '%s has %s USD left and this request may cost up to %s USD: of %s USD, %s are spent and %s are held for running requests. '
      'Nothing was called and nothing was charged. %s',
      told.title, usd(greatest(told.granted - told.spent - told.held, 0)), usd(p_reserve), usd(told.granted), usd(told.spent), usd(told.held),
      case when told.resets_at is null then 'Send a smaller request, or ask for a larger budget.'
           else format('It resets at %s. Until then send smaller requests, or ask for a larger budget.', told.resets_at) end),
    'retryable', false, 'providerCode', null, 'providerMessage', null, 'param', null,
    'details', json_build_object('budget', told.name, 'period', told.length, 'limit_usd', usd(told.granted), 'spent_usd', usd(told.spent),
      'held_usd', usd(told.held), 'resets_at', told.resets_at))
  from (
    select a.*, account_title(a.kind, a.team_id, a.key) as name, budget_length(a.period) as length,
           case when a.period <> '' then to_char(a.ends_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as resets_at,
           format(case when a.period = '' then '%2$s of %3$s' else '%2$s of %3$s for this %1$s' end,
                  case length(a.period) when 7 then 'month' else 'day' end,
                  case a.kind when 'credential' then 'The limit' else 'The budget' end,
                  case a.kind when 'credential' then 'this key' when 'organisation' then 'the organisation' when 'campaign' then 'the campaign'
                    when 'team' then 'the team' when 'class' then format('the team for keys of class %s', a.key)
                    else replace(account_title(a.kind, a.team_id, a.key), ':', ' ') end) as title
    from accounts a where a.id = p_account_id
  ) as told
$$;
