import type { LedgerReport } from '../../../domain/money/ledger';
import type { Sql, SqlPool } from '../connection/pool';
import { screen, WRONG_TASK, type Scope, type Screening } from './screen';
import { brokenSeals, readSeals, sealClosed, type Seal } from './seals';

// A check is a query whose every row is a problem, told in its column `problem`. Set-based, so that millions of rows are fine.

/** Movements of tasks that are not there. */
const strangeMovements = ({ ledger }: Scope): string =>
  `select format('Ledger row %s (%s) belongs to task %s, which does not exist.', l.id, l.kind, l.task_id) as problem
   from ${ledger} l where l.task_id is not null and not exists (select 1 from tasks t where t.id = l.task_id)`;

/** Movements that say other than their tasks. */
const unlikeMovements = ({ ledger, tasks }: Scope): string =>
  `select format('Task %s (%s) says reserved %s, held %s, actual %s micro-USD; its ledger row %s (%s) moved held by %s and spent by %s.',
            t.id, t.status, t.reserved, t.held, t.actual, l.id, l.kind, l.held_delta, l.spent_delta) as problem
   from ${ledger} l join ${tasks} t on t.id = l.task_id
   where (l.kind = 'reserve' and (l.held_delta <> t.reserved or l.spent_delta <> 0))
      or (l.kind in ('settle', 'release') and (l.held_delta <> -t.reserved or l.spent_delta is distinct from t.actual))
      or (l.kind in ('settle', 'release') and l.account_ids is distinct from t.account_ids)
      -- A budget that was set while the task was open holds it too.
      or (l.kind = 'reserve' and not l.account_ids <@ t.account_ids)`;

/** What is known to be right once one reading (`screen`) has found the books sound. */
const screenedChecks = (scope: Scope, { ledger, tasks, sealed } = scope): readonly string[] => [
  `select format('Account %s (%s %s of team %s) says granted %s, held %s, spent %s micro-USD; its ledger rows sum to %s, %s, %s.',
            a.id, a.kind, concat_ws(' ', a.key, a.period), a.team_id, a.granted, a.held, a.spent, coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0)) as problem
   from accounts a left join (
     select account_id, sum(granted_delta) as granted, sum(held_delta) as held, sum(spent_delta) as spent
     from (
       select account_id, granted_delta, held_delta, spent_delta from ${ledger} as moved, unnest(account_ids) as account_id
       union all select account_id, granted, held, spent from ledger_seal_sums where from_key = any(${sealed})
     ) as movement group by 1
   ) s on s.account_id = a.id
   where (a.granted, a.held, a.spent) is distinct from (coalesce(s.granted, 0), coalesce(s.held, 0), coalesce(s.spent, 0))`,

  `select format('Ledger row %s names account %s, which does not exist.', l.id, account_id) as problem
   from ${ledger} l, unnest(l.account_ids) as account_id where not exists (select 1 from accounts a where a.id = account_id)`,

  `select format('Task %s (%s) has %s reserve rows and %s rows that close it.', t.id, t.status, coalesce(l.reserves, 0), coalesce(l.closes, 0)) as problem
   from ${tasks} t left join (
     select task_id, count(*) filter (where kind = 'reserve') as reserves, count(*) filter (where kind in ('settle', 'release')) as closes
     from ${ledger} as closing where task_id is not null group by 1
   ) l on l.task_id = t.id
   where coalesce(l.reserves, 0) <> case when t.refused then 0 else 1 end
      or coalesce(l.closes, 0) <> case when t.refused or t.finished_at is null then 0 else 1 end`,

  strangeMovements(scope),
  unlikeMovements(scope),

  `select format('Task %s (%s) holds %s of %s reserved micro-USD and has cost %s.', id, status, held, reserved, actual) as problem
   from ${tasks} t
   where ${WRONG_TASK}`,
];

/** What one reading cannot know of movements that are found sound. */
const specialChecks = (scope: Scope, { hasRefunds, isWidened }: Pick<Screening, 'hasRefunds' | 'isWidened'>): readonly string[] => [
  ...(hasRefunds ? [strangeMovements(scope)] : []),
  ...(isWidened ? [unlikeMovements(scope)] : []),
];

/** Of refunds. */
const refundChecks = ({ ledger, tasks }: Scope): readonly string[] => [
  `select format('Task %s says that %s micro-USD were refunded; its ledger rows say %s.', t.id, t.refunded, coalesce(r.refunded, 0)) as problem
   from ${tasks} t left join (select task_id, -sum(spent_delta) as refunded from ${ledger} as given where kind = 'refund' group by 1) r on r.task_id = t.id
   where t.refunded <> coalesce(r.refunded, 0)`,

  `select format('Task %s was refunded %s micro-USD but cost %s.', t.id, -sum(l.spent_delta), t.actual) as problem
   from ${ledger} l join ${tasks} t on t.id = l.task_id where l.kind = 'refund'
   group by t.id, t.actual having -sum(l.spent_delta) > coalesce(t.actual, 0)`,
];

/** What is asked each time. */
const otherChecks = ({ ledger }: Scope): readonly string[] => [
  `select format('Account %s is negative: granted %s, held %s, spent %s micro-USD.', id, granted, held, spent) as problem
   from accounts where granted < 0 or held < 0 or spent < 0`,

  // Over its limit is fine only when the limit was set below what was used and nothing has been reserved since.
  `select format('Account %s (%s %s of team %s) has spent %s and holds %s of %s micro-USD, and ledger row %s reserved beyond the limit.',
            a.id, a.kind, concat_ws(' ', a.key, a.period), a.team_id, a.spent, a.held, a.granted, max(l.id)) as problem
   from accounts a
   join ${ledger} l on l.account_ids @> array[a.id] and l.kind = 'reserve' and l.held_delta > 0
   where a.limited and a.spent + a.held > a.granted
     and l.id > coalesce((select max(g.id) from ledger g where g.kind in ('grant', 'adjust') and g.account_ids @> array[a.id]), 0)
   group by a.id`,

  `select format('Account %s (%s %s of team %s) holds %s micro-USD; the open tasks that name it hold %s.',
            a.id, a.kind, concat_ws(' ', a.key, a.period), a.team_id, a.held, coalesce(o.held, 0)) as problem
   from accounts a left join (
     select account_id, sum(t.held) as held from tasks t, unnest(t.account_ids) as account_id where t.finished_at is null group by 1
   ) o on o.account_id = a.id
   where a.held <> coalesce(o.held, 0)`,

  `select format('The organisation has spent %s and holds %s micro-USD; its teams have spent %s and hold %s.', o.spent, o.held, t.spent, t.held) as problem
   from accounts o, (select coalesce(sum(spent), 0) as spent, coalesce(sum(held), 0) as held from accounts where kind = 'team' and period = '') t
   where o.kind = 'organisation' and o.period = '' and o.limited and (o.spent, o.held) <> (t.spent, t.held)`,

  `select format('The account of budget %s %s of team %s (%s) is limited to %s micro-USD; the budget says %s.',
            b.kind, b.key, b.team_id, b.period, case when a.limited then a.granted end, greatest(b.limit_micro_usd + b.credit_micro_usd, 0)) as problem
   from budgets b join accounts a
     on a.kind = b.kind and a.team_id = b.team_id and a.key = b.key and budget_length(a.period) = b.period and a.ends_at > now()
   where not a.limited or a.granted <> greatest(b.limit_micro_usd + b.credit_micro_usd, 0)`,

  `select format('Team %s has %s micro-USD of credit; its grants and transfers say %s.', b.team_id, b.credit_micro_usd, c.amount) as problem
   from budgets b cross join lateral (
     select coalesce((select sum(case when lapsed_at is null then amount else used end) from grants where team_id = b.team_id), 0)
          - coalesce((select sum(amount) from transfers where from_team_id = b.team_id), 0)
          + coalesce((select sum(amount) from transfers where to_team_id = b.team_id), 0) as amount
   ) c
   where b.credit_micro_usd <> case when b.kind = 'team' and b.period = 'total' then c.amount else 0 end`,
];

/** More lines than these help nobody. */
const MOST_PROBLEMS_PER_CHECK = 50;

async function problemsOf(sql: Sql, check: string): Promise<readonly string[]> {
  const rows = await sql.query<{ problem: string }>(`select problem from (${check}) as found limit ${String(MOST_PROBLEMS_PER_CHECK)}`);
  return rows.map((row) => row.problem);
}

/**
 * Proves the books where `sql` stands, of the rows that no seal among `seals` stands for.
 * @param isFull - every check is made, also where one reading finds nothing wrong
 */
export async function verifyWithin(sql: Sql, seals: readonly Seal[] = [], isFull = false): Promise<LedgerReport> {
  const scope = scopeOf(seals);
  const { isSound, hasRefunds, isWidened, entries } = await screen(sql, scope);
  const checks = [
    ...(isSound && !isFull ? specialChecks(scope, { hasRefunds, isWidened }) : screenedChecks(scope)),
    ...(hasRefunds || isFull ? refundChecks(scope) : []),
    ...otherChecks(scope),
  ];
  const problems: string[] = [];
  for (const check of checks) problems.push(...(await problemsOf(sql, check)));
  const [counts] = await sql.query<{ accounts: number; open: number }>(
    `select (select count(*)::float8 from accounts) as accounts, (select count(*)::float8 from tasks where finished_at is null) as open`,
  );
  const sealedEntries = seals.reduce((sum, { entries }) => sum + Number(entries), 0);
  return {
    ok: problems.length === 0,
    accounts: counts?.accounts ?? 0,
    entries: entries + sealedEntries,
    sealedEntries,
    openReservations: counts?.open ?? 0,
    problems,
  };
}

/** Keys are ours: `task_` and hex digits. */
function scopeOf(seals: readonly Seal[]): Scope {
  if (seals.length === 0) return { ledger: 'ledger', tasks: 'tasks', sealed: `'{}'::text[]` };
  const within = (key: string): string => {
    const gaps = seals.flatMap(({ toKey }, index) => {
      const next = seals[index + 1]?.fromKey;
      return next === toKey ? [] : [next === undefined ? `${key} >= '${toKey}'` : `(${key} >= '${toKey}' and ${key} < '${next}')`];
    });
    return [`${key} < '${seals[0]?.fromKey ?? ''}'`, ...gaps].join(' or ');
  };
  return {
    ledger: `(select * from ledger where ${within('operation_key')})`,
    tasks: `(select * from tasks where ${within('id')})`,
    sealed: `array[${seals.map(({ fromKey }) => `'${fromKey}'`).join(', ')}]`,
  };
}

/**
 * Proves the books in one snapshot of the database. Ranges that are over are proved once and sealed with what they add up to; from then on they
 * are read again only when the server has counted a change in them, or when all is to be read.
 */
export async function verifyLedger(pool: SqlPool, { isFull }: { readonly isFull: boolean }): Promise<LedgerReport> {
  const report = await pool.transaction(async (sql) => {
    // A proof of a large installation may take longer than a request may.
    // Joining all tasks with their movements in less memory goes by way of the disk; compiling a plan takes longer than running it.
    await sql.query(
      `select set_config('statement_timeout', '60min', true), set_config('work_mem', '128MB', true), set_config('jit', 'off', true)`,
    );
    const all = await readSeals(sql);
    const untouched = isFull ? [] : all.filter(({ isTouched }) => !isTouched);
    const found = await verifyWithin(sql, untouched, isFull);
    const problems = [
      ...found.problems,
      ...(await brokenSeals(
        sql,
        all.filter((seal) => !untouched.includes(seal)),
      )),
    ];
    return { ...found, ok: problems.length === 0, problems };
  }, 'repeatable read');
  // A proof stands without its seals: the next one tries again.
  if (report.ok) await sealClosed(pool).catch(() => undefined);
  return report;
}
