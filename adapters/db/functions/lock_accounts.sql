-- Finds and locks the accounts of payers, each a credential and perhaps a campaign, that need so much together. `account_ids`: all of them;
-- `fits`: every one has room. The other arrays follow the payers: their accounts (the text of an int[]), class, project, owner, and whether
-- they have a rate.
-- The credentials are read before their team's account is locked; its number of bindings tells whether they changed in between: the statement
-- fails then as one that clashed with another, and runs again.
create or replace function lock_accounts(p_credential_ids int[], p_campaign_ids text[], p_needs bigint[], out account_ids int[], out payer_accounts text[],
                                         out classes text[], out projects int[], out owners int[], out rated boolean[], out fits boolean)
  language plpgsql as $$
declare
  v_needs bigint[];
  v_team_accounts int[];
  v_bindings bigint[];
  v_is_current boolean;
begin
  for v_turn in 1 .. 2 loop
    select array_agg(bound.ids::text order by payer.place), array_agg(bound.class order by payer.place),
           array_agg(bound.project_id order by payer.place), array_agg(bound.owner_id order by payer.place),
           array_agg(bound.team_account_id order by payer.place), array_agg(bound.bindings order by payer.place), bool_and(bound.is_current),
           array_agg(bound.is_rated order by payer.place)
      into payer_accounts, classes, projects, owners, v_team_accounts, v_bindings, v_is_current, rated
      from unnest(p_credential_ids, p_campaign_ids) with ordinality as payer(credential_id, campaign_id, place)
      left join lateral (
        select c.class, c.project_id, c.owner_id, b.team_account_id, b.bindings,
               coalesce(c.requests_per_minute, c.tokens_per_minute, c.concurrent, c.throttle_per_minute) is not null as is_rated,
               case when payer.campaign_id is null then b.account_ids else b.account_ids || campaign.id end as ids,
               coalesce(b.valid_until > now() and b.class = c.class and b.project_id is not distinct from c.project_id
                        and b.owner_id is not distinct from c.owner_id
                        and b.bindings = (select bindings from accounts where id = b.team_account_id), false) as is_current
        from (select * from credentials where id = payer.credential_id offset 0) as c
        left join lateral (select * from credential_accounts where credential_id = c.id offset 0) as b on true
        left join lateral (
          select a.id from accounts a
          where payer.campaign_id is not null and a.kind = 'campaign' and a.team_id = c.team_id and a.key = payer.campaign_id and a.period = '' offset 0
        ) as campaign on true
      ) as bound on true;
    if v_is_current then
      select array_agg(needed.id order by needed.id), array_agg(needed.need order by needed.id) into account_ids, v_needs
        from (select id, sum(payer.need)::bigint as need from unnest(payer_accounts, p_needs) as payer(ids, need), unnest(payer.ids::int[]) as id group by id)
          as needed;
      select bool_and(not locked.limited or locked.need = 0 or locked.available >= locked.need), bool_and(locked.is_current) into fits, v_is_current
        from (
          select a.limited, a.granted - a.spent - a.held as available, v_needs[array_position(account_ids, a.id)] as need,
                 a.bindings = coalesce(v_bindings[array_position(v_team_accounts, a.id)], a.bindings) as is_current
          from accounts a where a.id = any(account_ids) order by a.id for update
        ) as locked;
      if v_is_current then return; end if;
      -- A budget was set while this waited. What binds now is looked up without these locks: more of them, taken late, could be out of order.
      raise exception 'The budgets of credentials % have just changed.', p_credential_ids using errcode = 'serialization_failure';
    elsif v_is_current is null or array_position(classes, null) is not null then
      raise exception 'There is no credential % to admit for.', p_credential_ids;
    end if;
    perform bind_credentials(p_credential_ids);
  end loop;
  raise exception 'Credentials % have changed while their budgets were looked up.', p_credential_ids using errcode = 'serialization_failure';
end $$;
