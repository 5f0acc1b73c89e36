import type { LedgerReport } from '../../../domain/money/ledger';
import type { Sql, SqlPool } from '../connection/pool';

/** One check: a query whose every row is a problem, told in its column `problem`. Set-based, so that millions of rows are fine. */
const CHECKS: readonly string[] = [
  `select format('Account %s (%s %s of team %s) says granted %s, held %s, spent %s micro-USD; its ledger rows sum to %s, %s, %s.',
            a.id, a.kind, a.key, a.team_id, a.granted, a.held, a.spent, coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0)) as problem
   from accounts a left join (
     select account_id, sum(granted_delta) as granted, sum(held_delta) as held, sum(spent_delta) as spent
     from ledger, unnest(account_ids) as account_id group by 1
   ) s on s.account_id = a.id
   where (a.granted, a.held, a.spent) is distinct from (coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0))`,

  `select format('Ledger row %s names account %s, which does not exist.', l.id, account_id) as problem
   from ledger l, unnest(l.account_ids) as account_id where not exists (select 1 from accounts a where a.id = account_id)`,

  `select format('Account %s is negative: granted %s, held %s, spent %s micro-USD.', id, granted, held, spent) as problem
   from accounts where granted < 0 or held < 0 or spent < 0`,

  // Over its limit is fine only when the limit was set below what was used and nothing has been reserved since.
  `select format('Account %s (%s %s of team %s) has spent %s and holds %s of %s micro-USD, and ledger row %s reserved beyond the limit.',
            a.id, a.kind, a.key, a.team_id, a.spent, a.held, a.granted, max(l.id)) as problem
   from accounts a
   join ledger l on l.account_ids @> array[a.id] and l.kind = 'reserve' and l.held_delta > 0
   where a.limited and a.spent + a.held > a.granted
     and l.id > coalesce((select max(g.id) from ledger g where g.kind in ('grant', 'adjust') and g.account_ids @> array[a.id]), 0)
   group by a.id`,

  `select format('Task %s (%s) has %s reserve rows and %s rows that close it.', t.id, t.status, coalesce(l.reserves, 0), coalesce(l.closes, 0)) as problem
   from tasks t left join (
     select task_id, count(*) filter (where kind = 'reserve') as reserves, count(*) filter (where kind in ('settle', 'release')) as closes
     from ledger where task_id is not null group by 1
   ) l on l.task_id = t.id
   where coalesce(l.reserves, 0) <> case when t.refused then 0 else 1 end
      or coalesce(l.closes, 0) <> case when t.refused or t.finished_at is null then 0 else 1 end`,

  `select format('Ledger row %s (%s) belongs to task %s, which does not exist.', l.id, l.kind, l.task_id) as problem
   from ledger l where l.task_id is not null and not exists (select 1 from tasks t where t.id = l.task_id)`,

  `select format('Task %s (%s) says reserved %s, held %s, actual %s micro-USD; its ledger row %s (%s) moved held by %s and spent by %s.',
            t.id, t.status, t.reserved, t.held, t.actual, l.id, l.kind, l.held_delta, l.spent_delta) as problem
   from ledger l join tasks t on t.id = l.task_id
   where (l.kind = 'reserve' and (l.held_delta <> t.reserved or l.spent_delta <> 0))
      or (l.kind in ('settle', 'release') and (l.held_delta <> -t.reserved or l.spent_delta is distinct from t.actual))
      or (l.kind <> 'refund' and l.account_ids is distinct from t.account_ids)`,

  `select format('Task %s (%s) holds %s of %s reserved micro-USD and has cost %s.', id, status, held, reserved, actual) as problem
   from tasks
   where held <> case when finished_at is null then reserved else 0 end
      or (finished_at is null) <> (actual is null and settled_at is null) and not refused
      or coalesce(actual, 0) > reserved`,

  `select format('Task %s was refunded %s micro-USD but cost %s.', t.id, -sum(l.spent_delta), t.actual) as problem
   from ledger l join tasks t on t.id = l.task_id where l.kind = 'refund'
   group by t.id having -sum(l.spent_delta) > coalesce(t.actual, 0)`,
];

/** More lines than these help nobody. */
const MOST_PROBLEMS_PER_CHECK = 50;

async function problemsOf(sql: Sql, check: string): Promise<readonly string[]> {
  const rows = await sql.query<{ problem: string }>(`select problem from (${check}) as found limit ${String(MOST_PROBLEMS_PER_CHECK)}`);
  return rows.map((row) => row.problem);
}

/** Runs all checks where `sql` stands. */
export async function verifyWithin(sql: Sql): Promise<LedgerReport> {
  const problems: string[] = [];
  for (const check of CHECKS) problems.push(...(await problemsOf(sql, check)));
  const [counts] = await sql.query<{ accounts: number; entries: number; open: number }>(
    `select (select count(*)::float8 from accounts) as accounts, (select count(*)::float8 from ledger) as entries,
            (select count(*)::float8 from tasks where finished_at is null) as open`,
  );
  return {
    ok: problems.length === 0,
    accounts: counts?.accounts ?? 0,
    entries: counts?.entries ?? 0,
    openReservations: counts?.open ?? 0,
    problems,
  };
}

/** Proves the books in one snapshot of the database. */
export function verifyLedger(pool: SqlPool): Promise<LedgerReport> {
  return pool.transaction(async (sql) => {
    // A proof of a large installation may take longer than a request may.
    await sql.query(`set local statement_timeout = '10min'`);
    return verifyWithin(sql);
  }, 'repeatable read');
}
