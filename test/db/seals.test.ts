import { randomBytes } from 'node:crypto';
import type { Caller } from '../../domain/access/caller';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, endFirstPartition, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const DAY_MS = 86_400_000;

const verify = (isFull = false) => connections.first.ledger.verify({ isFull });

function anOldId(): string {
  return `task_${(Date.now() - 10 * DAY_MS).toString(16).padStart(12, '0')}7${randomBytes(10).toString('hex').slice(0, 19)}`;
}

async function spend(caller: Caller, ids: readonly string[]): Promise<void> {
  await connections.first.tasks.admit(ids.map((id) => anAdmission(caller, { task: { id } })));
  await connections.first.tasks.settle(ids.map((id) => aSettlement(id)));
}

/** As somebody with the database's password would, who knows that sums are compared: balance, movement and task agree. */
async function forge(id: string): Promise<void> {
  await connections.second.transaction(async (sql) => {
    await sql.query('alter table ledger_first disable trigger ledger_is_append_only');
    await sql.query(`update ledger_first set spent_delta = spent_delta - 1 where operation_key = $1 || ':settle'`, [id]);
    await sql.query('update tasks set actual = actual - 1 where id = $1', [id]);
    await sql.query('update accounts set spent = spent - 1 where id = any((select account_ids from tasks where id = $1)::int[])', [id]);
    await sql.query('alter table ledger_first enable trigger ledger_is_append_only');
  });
}

describe('A part of the books that is over', () => {
  let caller: Caller;
  const old = [anOldId(), anOldId()];

  beforeAll(async () => {
    caller = await aTeam(connections.first);
    await spend(caller, old);
    await endFirstPartition(connections.first, new Date(Date.now() - 3 * DAY_MS));
  });

  it('is proved once: from then on a proof adds what came since', async () => {
    const first = await verify();
    expect(first).toMatchObject({ ok: true, entries: 4, sealedEntries: 0 });
    await spend(caller, [aTaskId()]);
    expect(await verify()).toMatchObject({ ok: true, problems: [], entries: 6, sealedEntries: 4, accounts: first.accounts });
    expect(await verify(true)).toMatchObject({ ok: true, problems: [], entries: 6, sealedEntries: 0 });
  });

  it('is read again after a refund in it', async () => {
    await connections.first.ledger.refund(old[0] ?? '', 1n, 'blurred');
    expect(await verify()).toMatchObject({ ok: true, problems: [], entries: 7, sealedEntries: 0 });
    expect(await verify()).toMatchObject({ ok: true, problems: [], entries: 7, sealedEntries: 5 });
  });

  it('is not sealed while a balance is wrong', async () => {
    await connections.first.ledger.refund(old[0] ?? '', 1n, 'blurred again');
    await connections.first.query('update accounts set spent = spent + 1');
    expect(await verify()).toMatchObject({ ok: false, sealedEntries: 0 });
    await connections.first.query('update accounts set spent = spent - 1');
    expect(await verify()).toMatchObject({ ok: true, sealedEntries: 0 });
    expect(await verify()).toMatchObject({ ok: true, sealedEntries: 6 });
  });

  it('may be refunded while it is proved and sealed', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const [report] = await Promise.all([verify(), connections.second.ledger.refund(old[1] ?? '', 1n, `turn ${turn}`)]);
      expect(report).toMatchObject({ ok: true, problems: [] });
    }
    expect(await verify()).toMatchObject({ ok: true, problems: [] });
    expect(await verify()).toMatchObject({ ok: true, problems: [], sealedEntries: 11 });
  });

  it('tells of a forgery in which all sums agree', async () => {
    await forge(old[1] ?? '');
    await connections.second.query('select pg_stat_force_next_flush()');
    const says = expect.stringMatching(/closed part of ledger from task_ to task_\w+ has changed since it was proved at/);
    expect(await verify()).toMatchObject({ ok: false, problems: expect.arrayContaining([says]) });
    const full = await verify(true);
    expect(full.problems).toEqual([says, expect.stringContaining('closed part of tasks')]);
    // It stays told: nothing is sealed over it.
    expect(await verify()).toMatchObject({ ok: false });
  });
});
