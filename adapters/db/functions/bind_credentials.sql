-- Looks up which accounts bind credentials, makes those of a new month or day, and takes back grants that have lapsed. Whoever admits calls it
-- when what was looked up before is no longer good.
create or replace function bind_credentials(p_credential_ids int[]) returns void language plpgsql as $$
declare
  v_credential record;
  v_ids int[];
begin
  perform open_account(kind, team_id, key)
    from (select distinct kind, team_id, key from budget_chain(p_credential_ids) order by team_id, kind, key) as sorted;
  perform 1 from accounts where id = any(array(
      select a.id from budget_chain(p_credential_ids) as link
      join accounts a on a.kind = link.kind and a.team_id = link.team_id and a.key = link.key where a.ends_at > now()
    )) order by id for update;
  perform lapse_grants(team_id) from (select distinct team_id from credentials where id = any(p_credential_ids) order by 1) as sorted;
  for v_credential in
    select c.id, c.team_id, c.class, c.project_id, c.owner_id, a.id as team_account_id, a.bindings
    from credentials c join accounts a on a.kind = 'team' and a.team_id = c.team_id and a.key = '' and a.period = ''
    where c.id = any(p_credential_ids) order by c.id
  loop
    v_ids := array(
      select a.id from budget_chain(array[v_credential.id]) as link
        join accounts a on a.kind = link.kind and a.team_id = link.team_id and a.key = link.key and a.period = ''
        where a.limited or a.kind <> 'organisation'
      union all
      select open_period(b.kind, b.team_id, b.key, b.period, b.limit_micro_usd) from budget_chain(array[v_credential.id]) as link
        join budgets b on b.kind = link.kind and b.team_id = link.team_id and b.key = link.key where b.period <> 'total'
      order by 1);
    insert into credential_accounts (credential_id, account_ids, team_account_id, bindings, valid_until, class, project_id, owner_id)
      select v_credential.id, v_ids, v_credential.team_account_id, v_credential.bindings,
             least((select min(ends_at) from accounts where id = any(v_ids)),
                   (select min(expires_at) from grants where team_id = v_credential.team_id and lapsed_at is null)),
             v_credential.class, v_credential.project_id, v_credential.owner_id
      on conflict (credential_id) do update set
        account_ids = excluded.account_ids, team_account_id = excluded.team_account_id, bindings = excluded.bindings,
        valid_until = excluded.valid_until, class = excluded.class, project_id = excluded.project_id, owner_id = excluded.owner_id;
  end loop;
end $$;
