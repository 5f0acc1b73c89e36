import fc from 'fast-check';
import { verifyWithin } from '../../adapters/db/money/verify';
import type { Caller } from '../../domain/access/caller';
import { isAppError } from '../../domain/errors';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, setLimit, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second', 'control']);

/** What may happen to one of a few tasks of one team; amounts are micro-USD. */
type Step =
  | { readonly do: 'reserve'; readonly task: number; readonly amount: number; readonly keyed: boolean }
  | { readonly do: 'settle'; readonly task: number; readonly amount: number }
  | { readonly do: 'release'; readonly task: number }
  | { readonly do: 'refund'; readonly task: number; readonly amount: number }
  | { readonly do: 'limit'; readonly amount: number };
/** `repeated`: sent twice, at once and on two connections. `crashed`: its connection is killed under it, then it is sent again. */
type Command = Step & { readonly how: 'once' | 'repeated' | 'crashed' };

/** Why a refund may be refused: the task is not there, not settled, or did not cost that much. */
const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'task_not_finished', 'invalid_value']);

const KILL_FIRST = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'first' and datname = current_database()`;

const TASKS = 6;
const task = fc.nat(TASKS - 1);
const how = fc.constantFrom('once' as const, 'repeated' as const, 'crashed' as const);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('reserve' as const), task, amount: fc.nat(400), keyed: fc.boolean(), how }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), task, amount: fc.integer({ min: -10, max: 500 }), how }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), task, how }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refund' as const), task, amount: fc.integer({ min: 1, max: 200 }), how }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), amount: fc.nat(1_500), how }) },
);

describe('The books', () => {
  async function perform(which: 'first' | 'second', step: Step, caller: Caller, ids: readonly string[]): Promise<void> {
    const database = connections[which];
    if (step.do === 'limit') return setLimit(database, 'team', caller.teamId, '', BigInt(step.amount));
    const id = ids[step.task] ?? '';
    switch (step.do) {
      case 'reserve': {
        const idempotency = step.keyed ? { route: 'r', key: id } : null;
        await database.tasks.admit([anAdmission(caller, { reserveMicroUsd: BigInt(step.amount), idempotency, task: { id } })]);
        return;
      }
      case 'settle':
        await database.tasks.settle([aSettlement(id, { actualMicroUsd: BigInt(step.amount) })]);
        return;
      case 'release':
        await database.tasks.settle([aSettlement(id, { status: 'cancelled', actualMicroUsd: 0n })]);
        return;
      case 'refund':
        await database.ledger.refund(id, BigInt(step.amount), `reason-${String(step.amount)}`).catch((error: unknown) => {
          if (!isAppError(error) || !REFUSALS.has(error.code)) throw error;
        });
    }
  }

  /** On the connections that get killed; what does not come through is sent again on others. */
  async function performOrRepeat(step: Step, caller: Caller, ids: readonly string[]): Promise<void> {
    await perform('first', step, caller, ids).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'service_unavailable') throw error;
      return perform('second', step, caller, ids);
    });
  }

  async function send(step: Command, caller: Caller, ids: readonly string[]): Promise<void> {
    const done = [performOrRepeat(step, caller, ids)];
    if (step.how === 'repeated') done.push(perform('second', step, caller, ids));
    if (step.how === 'crashed') await connections.control.query(KILL_FIRST);
    await Promise.all(done);
    if (step.how === 'crashed') await perform('second', step, caller, ids);
  }

  /** The balances as the tasks and refunds imply them, without the ledger's own sums. */
  async function expectSoundBooks(caller: Caller): Promise<void> {
    expect(await connections.control.ledger.verify()).toMatchObject({ ok: true, problems: [] });
    const [told] = await connections.control.query(
      `select coalesce(sum(held), 0)::bigint as held,
              coalesce(sum(coalesce(actual, 0) + coalesce((select sum(spent_delta) from ledger l where l.task_id = t.id and l.kind = 'refund'), 0)), 0)::bigint as spent
       from tasks t where team_id = $1`,
      [caller.teamId],
    );
    const accounts = await connections.control.query<{ held: bigint; spent: bigint }>(
      'select held, spent from accounts where team_id = $1',
      [caller.teamId],
    );
    for (const account of accounts.filter(({ held, spent }) => held !== 0n || spent !== 0n)) expect(account).toEqual(told);
    const twice = await connections.control.query(
      `select task_id from ledger where kind in ('reserve', 'settle', 'release') and task_id is not null
       group by task_id, kind = 'reserve' having count(*) > 1`,
    );
    expect(twice).toEqual([]);
  }

  it('agree after every step of any interleaving of reservations, settlements, releases, refunds and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
        const caller = await aTeam(connections.control);
        await setLimit(connections.control, 'team', caller.teamId, '', 1_000n);
        const ids = Array.from({ length: TASKS }, aTaskId);
        for (const round of rounds) {
          await Promise.all(round.map((step) => send(step, caller, ids)));
          await expectSoundBooks(caller);
        }
      }),
      { numRuns: 40 },
    );
  });

  describe('that were tampered with', () => {
    let caller: Caller;
    let id: string;
    beforeEach(async () => {
      caller = await aTeam(connections.control);
      const admission = anAdmission(caller);
      id = admission.task.id;
      await connections.control.tasks.admit([admission]);
    });
    async function plant(statements: readonly string[], values: readonly unknown[]): Promise<readonly string[]> {
      const planted = new Error('planted');
      let problems: readonly string[] = [];
      await connections.control
        .transaction(async (sql) => {
          await sql.query('alter table ledger disable trigger ledger_is_append_only');
          for (const statement of statements) await sql.query(statement, values);
          problems = (await verifyWithin(sql)).problems;
          throw planted;
        })
        .catch((error: unknown) => {
          if (error !== planted) throw error;
        });
      return problems;
    }

    it.each([
      {
        what: 'a balance',
        statement: 'update accounts set spent = spent + 1 where $1::text is not null',
        says: /^Account \d+ .* says granted/,
      },
      { what: 'a missing reservation', statement: 'delete from ledger where task_id = $1', says: /has 0 reserve rows/ },
      {
        what: 'a changed movement',
        statement: 'update ledger set held_delta = held_delta + 1 where task_id = $1',
        says: /moved held by 101/,
      },
      { what: 'a task without its books', statement: 'delete from tasks where id = $1', says: /belongs to task .* does not exist/ },
      { what: 'a held amount', statement: 'update tasks set held = 0 where id = $1', says: /holds 0 of 100 reserved/ },
      {
        what: 'spending over a limit',
        statement: `update accounts set limited = true where kind = 'team' and $1::text is not null`,
        says: /reserved beyond the limit/,
      },
    ])('are found out: $what', async ({ statement, says }) => {
      const problems = await plant([statement], [id]);
      expect(problems).toContainEqual(expect.stringMatching(says));
      expect((await connections.control.ledger.verify()).problems).toEqual([]);
    });

    it('are found out: where a reservation is on an account that its task does not know', async () => {
      const strange = `update ledger set account_ids = account_ids || (select max(id) from accounts) where task_id = $1`;
      // Every balance is what its movements add up to.
      const follow = `update accounts a set held = a.held + l.held_delta from ledger l where l.task_id = $1 and a.id = (select max(id) from accounts)`;
      await connections.control.query(`insert into accounts (kind, team_id, key) values ('campaign', $1, $2)`, [caller.teamId, id]);
      const problems = await plant([strange, follow], [id]);
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^Task ${id} .* says reserved 100, .* moved held by 100`)));
    });

    it('are found out: where something was refunded to a task that is not there', async () => {
      const refund = `insert into ledger (operation_key, kind, task_id, account_ids) select 'task_0:refund', 'refund', 'task_0', account_ids from tasks where id = $1`;
      expect(await plant([refund], [id])).toContainEqual(expect.stringMatching(/\(refund\) belongs to task task_0, which does not exist/));
    });

    it('are found out: where one task has lost its reservation and another its settlement', async () => {
      const other = anAdmission(caller);
      await connections.control.tasks.admit([other]);
      await connections.control.tasks.settle([aSettlement(id), aSettlement(other.task.id)]);
      const problems = await plant(
        [
          `delete from ledger where task_id = $1 and kind = 'reserve'`,
          `delete from ledger where task_id <> $1 and task_id = '${other.task.id}' and kind <> 'reserve'`,
          // Every balance is what its movements add up to.
          `update accounts a set held = a.held - d.held, spent = a.spent - d.spent from (
             select account_id, sum(reserved) filter (where id = $1) - sum(reserved) filter (where id <> $1) as held,
               sum(actual) filter (where id <> $1) as spent
             from tasks, unnest(account_ids) as account_id where id in ($1, '${other.task.id}') group by 1) as d where d.account_id = a.id`,
        ],
        [id],
      );
      expect(problems).toEqual(
        expect.arrayContaining([
          expect.stringMatching(new RegExp(`${id} .* has 0 reserve rows and 1 rows that close it`)),
          expect.stringMatching(new RegExp(`${other.task.id} .* has 1 reserve rows and 0 rows that close it`)),
        ]),
      );
      expect(problems.filter((problem) => problem.includes('its ledger rows sum to'))).toEqual([]);
    });

    it('refuse every change of a row', async () => {
      await expect(connections.control.query('update ledger set held_delta = 0 where task_id = $1', [id])).rejects.toThrow(/append-only/);
      await expect(connections.control.query('delete from ledger where task_id = $1', [id])).rejects.toThrow(/append-only/);
      await expect(connections.control.query('truncate ledger')).rejects.toThrow(/append-only/);
    });

    it('count what is open', async () => {
      const before = await connections.control.ledger.verify();
      await connections.control.tasks.settle([aSettlement(id)]);
      const after = await connections.control.ledger.verify();
      expect(after.openReservations).toBe(before.openReservations - 1);
      expect(after.entries).toBe(before.entries + 1);
    });
  });
});
