import { createDatabase, type Database } from '../../adapters/db';
import { createBackupSource, createRestoreTarget } from '../../adapters/db/backup';
import type { TableShape } from '../../domain/backup/manifest';
import type { RowSnapshot } from '../../domain/backup/ports';
import { createEmptyDatabase, dropTestDatabase } from '../support/database';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, endFirstPartition, useConnections } from './support';

const at = useDatabase();
const connections = useConnections(at, ['first']);
const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close();
});

async function snapshot(): Promise<RowSnapshot> {
  const taken = await createBackupSource(at.url).snapshot();
  undo.push(() => taken.end().catch(() => undefined));
  return taken;
}

/** Restores a snapshot into a database of its own. */
async function restored(of: RowSnapshot, mayHaveBought = true): Promise<Database> {
  const url = await createEmptyDatabase();
  undo.push(() => dropTestDatabase(url));
  const target = createRestoreTarget(url);
  const rows = new Map<string, Uint8Array[]>();
  for (const table of of.tables) rows.set(table.name, await chunksOf(of, table));
  await target.check(of.migrations);
  await target.prepare(of.migrations);
  await target.load(of.tables, of.sequences, async (fill, order) => {
    for (const table of order) await fill(table, each(rows.get(table.name) ?? []));
  });
  await target.finish({ mayHaveBought });
  const database = createDatabase({ url, poolMax: 4, applicationName: 'restored' });
  undo.push(() => database.close());
  return database;
}

async function chunksOf(of: RowSnapshot, table: TableShape): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of of.copy(table)) chunks.push(Buffer.from(chunk));
  return chunks;
}

async function* each<Thing>(things: readonly Thing[]): AsyncGenerator<Thing> {
  yield* await Promise.resolve(things);
}

const textOf = (database: Database, table: string) =>
  database.query<{ row: string }>(`select t::text as row from ${table} t order by 1`).then((rows) => rows.map(({ row }) => row));

describe('A backup of the rows', () => {
  it('is restored row by row, whatever the texts hold and however the partitions lie', async () => {
    const caller = await aTeam(connections.first);
    const odd = 'tab\t line\n back\\slash \\N "quoted" \\. 名';
    const ids = [aTaskId(), aTaskId()];
    await connections.first.tasks.admit(ids.map((id) => anAdmission(caller, { task: { id, metadata: { odd, nul: '\\u0000' } } })));
    await connections.first.tasks.settle(ids.slice(0, 1).map((id) => aSettlement(id)));
    await connections.first.spool.put('staging/a', Buffer.from([0, 9, 10, 92, 255]));
    await connections.first.query(`insert into former_keys (key_hash, credential_id, hint, valid_until) values ('h', $1, 'sk', now())`, [
      caller.credentialId,
    ]);
    await endFirstPartition(connections.first);
    const taken = await snapshot();
    // Not in it.
    await aTeam(connections.first);
    const database = await restored(taken);

    for (const table of ['ledger', 'attempts', 'spool', 'former_keys']) {
      expect(await textOf(database, table)).toEqual(await textOf(connections.first, table));
    }
    expect((await database.tasks.get(ids[0] ?? '', null))?.metadata).toEqual({ odd, nul: '\\u0000' });
    expect((await database.query('select 1 from teams')).length).toBe((await connections.first.query('select 1 from teams')).length - 1);
    expect(await database.ledger.verify()).toMatchObject({ ok: true, problems: [], openReservations: 1 });
    // Numbers go on where they were, triggers and partitions work.
    await aTeam(database);
    await expect(database.query('delete from ledger')).rejects.toThrow(/append-only/);
    expect(await database.tasks.admit([anAdmission(caller)])).toEqual([{ kind: 'admitted' }]);
  });

  it('is restored only into a database without rows, and only by a version that knows its migrations', async () => {
    await aTeam(connections.first);
    const { migrations } = await snapshot();
    const target = createRestoreTarget(at.url);
    await expect(target.check(migrations)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('is not empty') });
    await expect(target.check([...migrations, '9999_later.sql'])).rejects.toMatchObject({
      message: expect.stringContaining('9999_later.sql'),
    });
  });

  it('leaves the followers of the events where they were, though another server numbers its transactions anew', async () => {
    const caller = await aTeam(connections.first);
    const begun = Date.now();
    const [seen, unseen, later] = [aTaskId(), aTaskId(), aTaskId()];
    const spend = async (database: Database, id: string): Promise<void> => {
      await database.tasks.admit([anAdmission(caller, { task: { id } })]);
      await database.tasks.settle([aSettlement(id)]);
    };
    await spend(connections.first, seen);
    // A transaction of another test's database holds the follower up for a moment.
    await connections.first.calls.catchUp();
    await spend(connections.first, unseen);
    // As from a server that is far ahead.
    await connections.first.query(`update events set transaction = (transaction::text::bigint + 1000000000)::text::xid8`);
    await connections.first.query(`update call_cursor set transaction = (transaction::text::bigint + 1000000000)::text::xid8`);
    const position = `${String(begun)}-1000000005-`;
    const database = await restored(await snapshot());
    // A browser that was connected to the other server is told that it may have missed something.
    const page = { teamId: null, limit: 10, withinMs: 60_000 };
    expect(await database.eventRows.resume(position, page)).toBeNull();
    expect(await database.eventRows.resume(position.replace('1000000005', '700'), page)).toBeNull();
    expect(await database.eventRows.resume(await database.eventRows.now(), page)).toEqual([]);
    await spend(database, later);
    await database.calls.catchUp();
    const calls = await database.query<{ task_id: string }>('select task_id from calls where task_id = any($1)', [[seen, unseen, later]]);
    expect(calls.map(({ task_id }) => task_id).sort()).toEqual([seen, unseen, later].sort());
    const [counted] = await database.query<{ requests: bigint }>(
      'select sum(requests)::bigint as requests from usage_hours where team_id = $1',
      [caller.teamId],
    );
    expect(counted?.requests).toBe(3n);
  });

  it('takes no number of a transaction, which would hold up every follower of the events', async () => {
    await snapshot();
    const sessions = await connections.first.query<{ xid: string | null }>(
      `select backend_xid::text as xid from pg_stat_activity where application_name = 'atelier backup' and datname = current_database()`,
    );
    expect(sessions).toEqual([{ xid: null }]);
  });

  it('keeps objects that are given up while it is made', async () => {
    const { first } = connections;
    expect(await first.holdRemoval('files/before')).toBe(false);
    const hold = await createBackupSource(at.url).hold('backup_1', { place: '/mnt/backups/1', version: '0.0.0-test' });
    expect(await first.holdRemoval('files/during')).toBe(true);
    expect(await first.housekeeping.givenUp(10)).toEqual([]);
    await first.housekeeping.forgetGivenUp(['files/during']);
    await hold.fail({ code: 'failed', message: 'The disk is full.' });
    expect(await first.housekeeping.givenUp(10)).toEqual(['files/during']);
    expect(await first.holdRemoval('files/after')).toBe(false);
  });
});
