import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import type { Database } from '../../adapters/db';
import type { Caller } from '../../domain/access/caller';
import { isServiceAway } from '../../domain/errors';
import type { BudgetPeriod } from '../../domain/money/budget';
import { createLimit, type Limit as Turns } from '../../lib/parallel';
import { useDatabase } from '../support/stack';
import { aCredential, anAdmission, aSettlement, aTeam, setLimit, useConnections } from './support';

/** Few in the suite; ATELIER_BUDGET_ROUNDS=2000 for a proof. */
const ROUNDS = Number(process.env['ATELIER_BUDGET_ROUNDS'] ?? 4);
/** Each round its own teams; the organisation and the whole ledger, which grow with every round, so often. */
const WHOLE_EVERY = 50;
/** Of one database: a budget of the organisation is counted from all its tasks, so that a round would take longer and longer. */
const MOST_ROUNDS = 250;
const PARTS = Array.from({ length: Math.ceil(ROUNDS / MOST_ROUNDS) }, (_, part) => {
  const before = part * MOST_ROUNDS;
  return { before, end: Math.min(ROUNDS, before + MOST_ROUNDS) };
});
/** A long run says how far it is so often. */
const TOLD_EVERY = Number(process.env['ATELIER_BUDGET_TOLD_EVERY'] ?? 50);
const ADMISSIONS = 300;
const CALLERS = 6;
/**
 * Statements of a process at once, as many as it has connections. All others wait for their turn here, in the same order as they would for a connection,
 * which nobody waits for longer than five seconds: on a busy machine that is less than a round takes.
 */
const CONNECTIONS = 6;
interface Process {
  readonly database: Database;
  readonly turns: Turns;
}

const OWNERS = [
  ...['total', 'monthly', 'daily'].flatMap((period) =>
    ['organisation', 'team', 'class', 'project', 'member', 'credential'].map((kind) => ({ kind, period: period as BudgetPeriod })),
  ),
];

/** What a caller does with a task that was admitted; `share` of the reservation is what it costs. */
const ends = fc.constantFrom('settle' as const, 'settle' as const, 'cancel' as const, 'keep' as const);
const admission = fc.record({
  caller: fc.nat(CALLERS - 1),
  reserve: fc.integer({ min: 0, max: 400 }),
  ends,
  share: fc.nat(100),
  group: fc.boolean(),
});
const limit = fc.record({
  owner: fc.constantFrom(...OWNERS),
  caller: fc.nat(CALLERS - 1),
  micro: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: null, freq: 5 }),
});
const change = fc.record({ at: fc.nat(ADMISSIONS), limit });
const round = fc.record({
  before: fc.array(limit, { minLength: 2, maxLength: 8 }),
  admissions: fc.array(admission, { minLength: ADMISSIONS, maxLength: ADMISSIONS }),
  changes: fc.array(change, { maxLength: 6 }),
});
type Limit = typeof limit extends fc.Arbitrary<infer T> ? T : never;
type Planned = typeof admission extends fc.Arbitrary<infer T> ? T : never;

/** Two teams with a project and a member each; keys of several classes in and out of these. */
async function someCallers(database: Database): Promise<readonly Caller[]> {
  const callers: Caller[] = [];
  for (let team = 0; team < 2; team += 1) {
    const base = await aTeam(database);
    const [project] = await database.query<{ id: number }>(`insert into projects (team_id, name) values ($1, 'spring') returning id`, [
      base.teamId,
    ]);
    const [user] = await database.query<{ id: number }>(`insert into users (public_id, email, name) values ($1, $2, 'Ann') returning id`, [
      `user_${uuidv7()}`,
      `${uuidv7()}@example.com`,
    ]);
    const personal = { projectId: project!.id, ownerId: user!.id };
    callers.push(
      { ...base, credentialId: await aCredential(database, base.teamId, 'a', 'test', personal) },
      { ...base, credentialId: await aCredential(database, base.teamId, 'b', 'personal', { ownerId: user!.id }) },
      { ...base, credentialId: await aCredential(database, base.teamId, 'c', 'production', { projectId: project!.id }) },
    );
  }
  return callers;
}

/** Of all parts, over all rounds. */
const figures = { rounds: 0, admissions: 0, admitted: 0, refused: 0, settled: 0, cancelled: 0, budgets: 0, askedAgain: 0 };
const startedMs = performance.now();

describe.each(PARTS)('Nested budgets, in the rounds after $before up to $end,', ({ before: roundsBefore, end }) => {
  const connections = useConnections(useDatabase(), ['first', 'second', 'control']);
  const refusedThough: string[] = [];

  /**
   * A statement that waited five seconds for locks is refused as unavailable and has changed nothing; its caller asks again. On a busy machine, with 300
   * at once, that happens.
   */
  async function patiently<T>({ turns }: Process, statement: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await turns(statement);
      } catch (error) {
        if (!isServiceAway(error)) throw error;
        figures.askedAgain += 1;
      }
    }
  }

  /** Written only after a round was compared, so that what is told has been found right. */
  function told(): string {
    const { rounds, admissions, admitted, refused, settled, cancelled, budgets, askedAgain } = figures;
    const counts = `${admissions} admissions (${admitted} admitted, ${refused} refused), ${settled} settled, ${cancelled} cancelled`;
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const others = `${budgets} limits set or changed, ${askedAgain} statements asked again`;
    return `nested budgets: ${rounds} of ${ROUNDS} rounds, ${counts}, ${others}, 0 wrong, in ${seconds} s`;
  }

  async function set(via: Process, callers: readonly Caller[], { owner, caller, micro }: Limit): Promise<void> {
    const [row] = await patiently(via, () =>
      via.database.query<{ kind: string; team_id: number; key: string }>(
        'select kind, team_id, key from budget_chain(array[$1::int]) where kind = $2',
        [callers[caller]!.credentialId, owner.kind],
      ),
    );
    if (row === undefined) return;
    figures.budgets += 1;
    await patiently(via, () => setLimit(via.database, row.kind, row.team_id, row.key, micro === null ? null : BigInt(micro), owner.period));
  }

  async function use(via: Process, callers: readonly Caller[], planned: readonly Planned[]): Promise<void> {
    const group = planned.map(({ caller, reserve }) => anAdmission(callers[caller]!, { reserveMicroUsd: BigInt(reserve) }));
    const outcomes = await patiently(via, () => via.database.tasks.admit(group));
    const admitted: [string, Planned][] = [];
    outcomes.forEach((outcome, index) => {
      const [{ task, reserveMicroUsd }, plan] = [group[index]!, planned[index]!];
      figures.admissions += 1;
      if (outcome.kind === 'admitted') admitted.push([task.id, plan]);
      else if (outcome.kind === 'refused') {
        figures.refused += 1;
        const { limit_usd: most, spent_usd: spent, held_usd: held } = outcome.refusal.details;
        const left = Math.round((Number(most) - Number(spent) - Number(held)) * 1e6);
        if (left >= Number(reserveMicroUsd)) refusedThough.push(`${task.id} asked for ${reserveMicroUsd} and ${left} were left`);
      } else throw new Error(outcome.kind);
    });
    figures.admitted += admitted.length;
    figures.cancelled += admitted.filter(([, plan]) => plan.ends === 'cancel').length;
    figures.settled += admitted.filter(([, plan]) => plan.ends === 'settle').length;
    const settlements = admitted
      .filter(([, plan]) => plan.ends !== 'keep')
      .map(([id, plan]) =>
        plan.ends === 'cancel'
          ? aSettlement(id, { status: 'cancelled', actualMicroUsd: 0n })
          : aSettlement(id, { actualMicroUsd: BigInt(Math.floor((plan.reserve * plan.share) / 100)) }),
      );
    if (settlements.length === 0) return;
    expect(await patiently(via, () => via.database.tasks.settle(settlements))).toEqual(settlements.map(() => 'settled'));
  }

  /** @param isWhole - the organisation's accounts are compared too, and the whole ledger */
  async function expectExact(teams: readonly number[], isWhole: boolean): Promise<void> {
    if (isWhole) expect(await connections.control.ledger.verify()).toMatchObject({ ok: true, problems: [] });
    const accounts = await connections.control.query<{ id: number; kind: string; team_id: number; key: string; from: string; to: string }>(
      `select a.id, a.kind, a.team_id, a.key, a.starts_at::text as from, a.ends_at::text as to from budgets b
       join accounts a on a.kind = b.kind and a.team_id = b.team_id and a.key = b.key and budget_length(a.period) = b.period and a.ends_at > now()
       where b.team_id = any($1) or ($2 and b.kind = 'organisation')`,
      [teams, isWhole],
    );
    for (const account of accounts) expect(await misbooked(account)).toEqual([]);
  }

  /** What a budget has been charged, counted from the tasks alone, where its account says otherwise. One by one: each by the index of its team. */
  function misbooked(account: {
    id: number;
    kind: string;
    team_id: number;
    key: string;
    from: string;
    to: string;
  }): Promise<readonly object[]> {
    return connections.control.query(
      `select a.kind, a.key, a.period, a.spent, a.held, t.spent as told_spent, t.held as told_held from accounts a, (
         select coalesce(sum(coalesce(actual, 0) - refunded), 0)::bigint as spent, coalesce(sum(held), 0)::bigint as held
         from tasks_of_account($2, $3, $4, $5, $6)
       ) as t
       where a.id = $1 and (a.spent, a.held) <> (t.spent, t.held)`,
      [account.id, account.kind, account.team_id, account.key, account.from, account.to],
    );
  }

  it(
    `hold for ${String(ADMISSIONS)} concurrent admissions of two processes with settlements, cancels and changes of budgets in between`,
    async () => {
      const [first, second, control] = [connections.first, connections.second, connections.control].map((database) => ({
        database,
        turns: createLimit(CONNECTIONS),
      })) as [Process, Process, Process];
      await fc.assert(
        fc.asyncProperty(round, async ({ before, admissions, changes }) => {
          const callers = await someCallers(connections.control);
          for (const one of before) await set(control, callers, one);
          const work: Promise<void>[] = [];
          for (let at = 0; at < admissions.length;) {
            // Alone, or in a group as the text lane admits them.
            const size = admissions[at]!.group ? 8 : 1;
            const via = work.length % 2 === 0 ? first : second;
            work.push(use(via, callers, admissions.slice(at, at + size)));
            const due = changes.filter((one) => one.at >= at && one.at < at + size);
            work.push(...due.map((one) => set(work.length % 2 === 0 ? second : first, callers, one.limit)));
            at += size;
          }
          await Promise.all(work);
          const isWhole = figures.rounds % WHOLE_EVERY === 0 || figures.rounds === end - 1;
          await expectExact([...new Set(callers.map(({ teamId }) => teamId))], isWhole);
          expect(refusedThough).toEqual([]);
          // What is left free of charge: the next round begins without the organisation's limits.
          for (const period of ['total', 'monthly', 'daily']) {
            await connections.control.query(`select set_budget('organisation', 0, '', $1, null)`, [period]);
          }
          figures.rounds += 1;
          if (figures.rounds % TOLD_EVERY === 0 && figures.rounds < ROUNDS) process.stderr.write(`${told()}\n`);
        }),
        { numRuns: end - roundsBefore, endOnFailure: true },
      );
      expect(figures.rounds).toBe(end);
      const clashes = 'select deadlocks::int from pg_stat_database where datname = current_database()';
      expect(await connections.control.query(clashes)).toEqual([{ deadlocks: 0 }]);
      if (end === ROUNDS) process.stdout.write(`${told()}\n`);
      // A round takes about a second, and some more when the machine is busy.
    },
    120_000 + (end - roundsBefore) * 20_000,
  );
});
