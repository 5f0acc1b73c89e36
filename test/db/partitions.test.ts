import { randomBytes } from 'node:crypto';
import type { Database } from '../../adapters/db';
import { createTaskStore } from '../../adapters/db/tasks';
import { createTaskContents } from '../../adapters/db/tasks/contents';
import type { Caller } from '../../domain/access/caller';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTeam, endFirstPartition, setLimit, useConnections } from './support';

const connections = useConnections(useDatabase(), ['first', 'second']);
const DAY_MS = 86_400_000;
const TABLES = ['tasks', 'attempts', 'ledger'] as const;

function anIdAt(time: number): string {
  return `task_${time.toString(16).padStart(12, '0')}7${randomBytes(10).toString('hex').slice(0, 19)}`;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

/** Where the rows of a task lie, one for each table. */
async function placesOf(database: Database, id: string): Promise<readonly string[]> {
  const [row] = await database.query<{ tasks: string; attempts: string; ledger: string }>(
    `select (select tableoid::regclass::text from tasks where id = $1) as tasks,
            (select max(tableoid::regclass::text) from attempts where task_id = $1) as attempts,
            (select max(tableoid::regclass::text) from ledger where task_id = $1) as ledger`,
    [id],
  );
  return row === undefined ? [] : [row.tasks, row.attempts, row.ledger];
}

async function admit(database: Database, caller: Caller, id: string, externalId: string | null = null): Promise<void> {
  expect(await database.tasks.admit([anAdmission(caller, { task: { id, externalId } })])).toEqual([{ kind: 'admitted' }]);
}

/** The start of the partition after the one of `time`, as in its name. */
function monthAfter(time: Date): string {
  const next = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 1));
  return next.toISOString().slice(0, 10).replaceAll('-', '');
}

describe('Partitions', () => {
  let caller: Caller;
  beforeEach(async () => {
    caller = await aTeam(connections.first);
  });
  afterEach(async () => {
    expect(await connections.first.ledger.verify()).toMatchObject({ ok: true, problems: [] });
  });

  it('are made ahead, once, also by two processes at the same time', async () => {
    const counts = await Promise.all(
      [connections.first, connections.second].map((database) => database.housekeeping.makePartitions(inDays(62))),
    );
    const made = counts.reduce((sum, count) => sum + count, 0);
    expect(made).toBeGreaterThanOrEqual(5);
    expect(made % 5).toBe(0);
    expect(await connections.first.housekeeping.makePartitions(inDays(62))).toBe(0);
  });

  it('hold the task, its attempts and its books of the same time', async () => {
    const now = new Date();
    const today = anIdAt(now.getTime());
    const nextMonth = monthAfter(now);
    const later = anIdAt(Date.UTC(Number(nextMonth.slice(0, 4)), Number(nextMonth.slice(4, 6)) - 1, 2));
    await admit(connections.first, caller, today);
    await admit(connections.first, caller, later);
    expect(await placesOf(connections.first, today)).toEqual(TABLES.map((table) => `${table}_first`));
    expect(await placesOf(connections.first, later)).toEqual(TABLES.map((table) => `${table}_${nextMonth}`));
    // One group over both.
    expect(await connections.second.tasks.settle([aSettlement(today), aSettlement(later)])).toEqual(['settled', 'settled']);
    const { data } = await connections.second.tasks.list({ teamId: caller.teamId, order: 'desc', limit: 10 });
    expect(data.map((task) => [task.id, task.status, task.attempts.length])).toEqual([
      [later, 'succeeded', 1],
      [today, 'succeeded', 1],
    ]);
  });

  it('keep what came when none was made for it, and go on from there', async () => {
    const far = inDays(400);
    const id = anIdAt(far.getTime());
    const wrongClock = anIdAt(inDays(9_000).getTime());
    await admit(connections.first, caller, id);
    expect(await placesOf(connections.first, id)).toEqual(TABLES.map((table) => `${table}_rest`));
    expect(await connections.first.tasks.settle([aSettlement(id)])).toEqual(['settled']);

    expect(await connections.first.housekeeping.makePartitions(far)).toBeGreaterThan(0);
    for (const place of await placesOf(connections.first, id)) expect(place).toMatch(/^[a-z]+_\d{8}$/);
    expect(await connections.second.tasks.get(id, caller.teamId)).toMatchObject({ status: 'succeeded', actualMicroUsd: 40n });

    await admit(connections.first, caller, wrongClock);
    expect(await connections.first.housekeeping.makePartitions(inDays(500))).toBeGreaterThan(0);
    expect(await placesOf(connections.first, wrongClock)).toEqual(TABLES.map((table) => `${table}_rest`));
    expect(await connections.first.tasks.settle([aSettlement(wrongClock)])).toEqual(['settled']);
  });

  it('refuse changes of the ledger whichever way they are addressed', async () => {
    const [{ tables } = { tables: [] }] = await connections.first.query<{ tables: readonly string[] }>(
      `select array_agg(relid::text) as tables from pg_partition_tree('ledger')`,
    );
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      await expect(connections.first.query(`delete from ${table}`)).rejects.toThrow(/append-only/);
    }
  });

  it('are touched only where a statement needs them', async () => {
    const ids = [anIdAt(Date.now()), anIdAt(Date.now())];
    const SCANS = `select relname as name, coalesce(idx_scan, 0) + seq_scan as scans from pg_stat_xact_user_tables
      where relname ~ '^(tasks|attempts|ledger)_'`;
    const touched = await connections.first.transaction(async (sql) => {
      const tasks = createTaskStore({ ...connections.first, ...sql }, createTaskContents(null));
      const scans = async () => sql.query<{ name: string; scans: bigint }>(SCANS);
      const before = new Map((await scans()).map((table) => [table.name, table.scans]));
      await tasks.admit(ids.map((id) => anAdmission(caller, { task: { id } })));
      await tasks.adopt(ids, 'text-group');
      await tasks.settle(ids.map((id) => aSettlement(id)));
      await tasks.findMany(ids);
      await tasks.versions(ids);
      return (await scans()).filter((table) => table.scans > (before.get(table.name) ?? 0n)).map((table) => table.name);
    });
    expect(touched.toSorted()).toEqual(['attempts_first', 'tasks_first']);
  });

  it('leave an external id unique over all of them, however many ask at once', async () => {
    const admissions = Array.from({ length: 20 }, (_, place) =>
      anAdmission(caller, { task: { id: anIdAt(inDays(place * 3).getTime()), externalId: 'order-1' } }),
    );
    const outcomes = await Promise.all(
      admissions.map((admission, place) => (place % 2 === 0 ? connections.first : connections.second).tasks.admit([admission])),
    );
    expect(outcomes.flat().filter((outcome) => outcome.kind === 'admitted')).toHaveLength(1);
    expect(outcomes.flat().filter((outcome) => outcome.kind === 'repeat')).toHaveLength(19);
    const { data } = await connections.first.tasks.list({ teamId: caller.teamId, order: 'desc', limit: 10, externalId: 'order-1' });
    expect(data).toHaveLength(1);
  });
});

describe('An old partition', () => {
  const old = useConnections(useDatabase(), ['operator']);
  const detach = (name: string) => old.operator.query('select detach_partitions($1)', [name]);

  it('is taken out with its books, and the others are still right', async () => {
    const caller = await aTeam(old.operator);
    await setLimit(old.operator, 'team', caller.teamId, '', 1_000n);
    // Everything so far is old once the first partition ends now.
    await old.operator.query(`update partitioning set every = 'day'`);
    const [gone, open, kept] = [anIdAt(Date.now()), anIdAt(Date.now()), anIdAt(inDays(2).getTime())];
    for (const id of [gone, open, kept]) await admit(old.operator, caller, id);
    await old.operator.tasks.settle([gone, kept].map((id) => aSettlement(id)));
    await expect(detach('first')).rejects.toThrow(/still being written to/);
    await endFirstPartition(old.operator);
    await expect(detach('first')).rejects.toThrow(/1 tasks of tasks_first have not ended/);
    await expect(detach('rest')).rejects.toThrow(/has no partition/);
    await old.operator.tasks.settle([aSettlement(open)]);

    await detach('first');

    expect(await old.operator.ledger.verify()).toMatchObject({ ok: true, problems: [] });
    expect(await old.operator.tasks.findMany([gone, open, kept])).toMatchObject([{ id: kept }]);
    expect(await old.operator.query('select id from tasks_first order by id')).toHaveLength(2);
    const [account] = await old.operator.query(`select granted, spent, held from accounts where kind = 'team' and team_id = $1`, [
      caller.teamId,
    ]);
    expect(account).toEqual({ granted: 1_000n, spent: 120n, held: 0n });
    // Life goes on: limits, admissions, partitions.
    await setLimit(old.operator, 'team', caller.teamId, '', 2_000n);
    await admit(old.operator, caller, anIdAt(inDays(2).getTime()));
    expect(await old.operator.housekeeping.makePartitions(inDays(70))).toBeGreaterThan(0);
    expect(await old.operator.ledger.verify()).toMatchObject({ ok: true, problems: [] });
  });
});
