-- Books what changed at the source of a move since it was asked last: less is spending, more is credit, each with one entry in the ledger. Rows
-- that the move does not know are left out; a repeat finds nothing changed. p_amounts: micro-US-dollars that the source says are left now.
create or replace function book_deltas(p_import_id text, p_kind text, p_legacy_ids text[], p_amounts bigint[], p_dry_run boolean,
                                       out known text[], out changed int, out spent_sum bigint, out added_sum bigint)
  language plpgsql as $$
declare
  v_account_ids int[];
  v_legacy_ids text[];
  v_amounts bigint[];
  v_deltas bigint[];
begin
  with row as materialized (
    select r.legacy_id, g.amount, a.id as account_id,
           g.amount - coalesce(r.last_amount, r.amount, (
             select l.granted_delta - l.spent_delta from ledger l where l.operation_key = format('account:%s:grant:1', a.id)
           ), 0) as delta
    from unnest(p_legacy_ids, p_amounts) as g(legacy_id, amount)
    join imported_rows r on r.import_id = p_import_id and r.entity = p_kind and r.legacy_id = g.legacy_id
    left join credentials k on p_kind = 'credential' and k.id = r.object::int
    join accounts a on a.kind = p_kind and a.team_id = coalesce(k.team_id, r.team_id) and a.key = r.object and a.period = '' and a.limited
  )
  select coalesce(array_agg(legacy_id), '{}'), (count(*) filter (where delta <> 0))::int,
         coalesce(sum(-delta) filter (where delta < 0), 0)::bigint, coalesce(sum(delta) filter (where delta > 0), 0)::bigint,
         array_agg(account_id) filter (where delta <> 0), array_agg(legacy_id) filter (where delta <> 0),
         array_agg(amount) filter (where delta <> 0), array_agg(delta) filter (where delta <> 0)
    into known, changed, spent_sum, added_sum, v_account_ids, v_legacy_ids, v_amounts, v_deltas from row;
  if p_dry_run or changed = 0 then return; end if;
  perform 1 from accounts where id = any(v_account_ids) order by id for update;
  insert into ledger (operation_key, kind, account_ids, granted_delta, spent_delta, note)
    select format('account:%s:delta:%s', m.account_id, 1 + (
             select count(*) from ledger l
             where l.operation_key >= format('account:%s:delta:', m.account_id) and l.operation_key < format('account:%s:delta;', m.account_id))),
           'adjust', array[m.account_id], greatest(m.delta, 0), greatest(-m.delta, 0),
           format('spent and added at the old gateway, move %s', p_import_id)
    from unnest(v_account_ids, v_deltas) as m(account_id, delta);
  update accounts a set granted = a.granted + greatest(m.delta, 0), spent = a.spent + greatest(-m.delta, 0)
    from unnest(v_account_ids, v_deltas) as m(account_id, delta) where a.id = m.account_id;
  update budgets b set limit_micro_usd = b.limit_micro_usd + m.delta, updated_at = now()
    from unnest(v_account_ids, v_deltas) as m(account_id, delta) join accounts a on a.id = m.account_id
    where m.delta > 0 and b.kind = a.kind and b.team_id = a.team_id and b.key = a.key and b.period = 'total';
  perform plan_warning(account_id) from unnest(v_account_ids) as account_id;
  update imported_rows r set last_amount = m.amount
    from unnest(v_legacy_ids, v_amounts) as m(legacy_id, amount)
    where r.import_id = p_import_id and r.entity = p_kind and r.legacy_id = m.legacy_id;
end $$;
