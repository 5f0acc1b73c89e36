import { createDatabase } from '../../adapters/db';
import type { Caller } from '../../domain/access/caller';
import type { Admission } from '../../domain/task/store';
import type { Asset } from '../../domain/task/task';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { anAdmission, aSettlement, aTaskId, aTeam, useConnections } from './support';

const database = useDatabase();
const connections = useConnections(database, ['first', 'second']);
const DEADLINE = { withinMs: 10_000 };

describe('A task between admission and end', () => {
  let caller: Caller;
  beforeEach(async () => {
    caller = await aTeam(connections.first);
  });

  async function admitted(changes: Parameters<typeof anAdmission>[1] = {}): Promise<Admission> {
    const admission = anAdmission(caller, changes);
    await connections.first.tasks.admit([admission]);
    return admission;
  }
  const image = { firstAttempt: null, task: { type: 'image', operation: 'image', endpoint: 'images.generations' } } as const;
  const read = async (id: string) => connections.second.tasks.get(id, null);

  it('begins an attempt once, and none after its end', async () => {
    const { id: taskId } = (await admitted(image)).task;
    const intent = { taskId, n: 1, provider: 'p', model: 'm', instanceId: null };
    const both = await Promise.all([connections.first.tasks.beginAttempt(intent), connections.second.tasks.beginAttempt(intent)]);
    expect(both.map((outcome) => outcome.kind).sort()).toEqual(['begun', 'exists']);
    expect(both.find((outcome) => outcome.kind === 'exists')).toMatchObject({ attempt: { n: 1, outcome: 'running', provider: 'p' } });
    expect(await read(taskId)).toMatchObject({ status: 'running', phase: 'calling_provider', version: 2 });
    await connections.first.tasks.settle([aSettlement(taskId, { status: 'cancelled' })]);
    expect(await connections.first.tasks.beginAttempt({ ...intent, n: 2 })).toEqual({ kind: 'ended', status: 'cancelled' });
    await expect(connections.first.tasks.beginAttempt({ ...intent, taskId: aTaskId() })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps an accepted attempt open, with what was delivered, until it is ended', async () => {
    const { id: taskId } = (await admitted(image)).task;
    const { tasks } = connections.first;
    await tasks.beginAttempt({ taskId, n: 1, provider: 'p', model: 'm', instanceId: null });
    const end = { taskId, n: 1, errorCode: null, upstreamId: 'job-1', costMicroUsd: 0n };
    const standing = { phase: 'waiting_provider', progress: 0.1 } as const;
    await tasks.endAttempt({ ...end, outcome: 'accepted' }, standing);
    await tasks.endAttempt({ ...end, outcome: 'accepted' }, standing);
    const delivered = {
      outputs: [{ from: 'url', url: 'https://p.example/a.png', revisedPrompt: null }],
      usage: null,
      reportedMicroUsd: '7',
    } as const;
    await tasks.recordDelivered(taskId, 1, delivered);
    expect(await read(taskId)).toMatchObject({
      version: 3,
      ...standing,
      attempts: [{ outcome: 'accepted', endedAt: null, upstreamId: 'job-1', delivered }],
    });
    await tasks.endAttempt({ ...end, outcome: 'succeeded', upstreamId: null, costMicroUsd: 5n });
    await tasks.endAttempt({ ...end, outcome: 'failed', errorCode: 'internal' });
    expect((await read(taskId))?.attempts).toMatchObject([
      { outcome: 'succeeded', upstreamId: 'job-1', costMicroUsd: 5n, errorCode: null },
    ]);
  });

  it('never lets progress fall, reach 1 before success, or change after the end', async () => {
    const { id } = (await admitted(image)).task;
    const { tasks } = connections.first;
    await tasks.setProgress(id, 'waiting_provider', 0.5);
    await tasks.setProgress(id, 'storing', 0.2);
    expect(await read(id)).toMatchObject({ phase: 'storing', progress: 0.5, version: 3 });
    await tasks.setProgress(id, 'storing', 0.4);
    expect((await read(id))?.version).toBe(3);
    await tasks.setProgress(id, 'settling', 1);
    expect((await read(id))?.progress).toBe(0.99);
    await tasks.settle([aSettlement(id)]);
    await tasks.setProgress(id, 'storing', 0.1);
    expect(await read(id)).toMatchObject({ phase: 'done', progress: 1 });
  });

  it('gives a task to the first workflow that adopts it', async () => {
    const ids = (await Promise.all([admitted(), admitted()])).map(({ task }) => task.id);
    expect((await connections.first.tasks.findUnowned(0, 1_000, null)).map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(await connections.first.tasks.adopt(ids.slice(0, 1), 'text-a')).toEqual(ids.slice(0, 1));
    expect(await connections.second.tasks.adopt(ids, 'text-b')).toEqual(ids.slice(1));
    expect(await connections.first.tasks.adopt(ids, 'text-a')).toEqual(ids.slice(0, 1));
    expect((await connections.first.tasks.findUnowned(0, 1_000, null)).map(({ id }) => id)).not.toEqual(
      expect.arrayContaining(ids.slice(0, 1)),
    );
    expect(await connections.first.tasks.findStale(0, 1_000, null)).toContainEqual(
      expect.objectContaining({ id: ids[1], workflowId: 'text-b' }),
    );
    expect(await connections.first.tasks.findStale(60_000, 1_000, null)).toEqual([]);
  });

  it('leaves a call of a living process to it for a minute, and finds its task without an owner then, or once the process is gone', async () => {
    const { instances, tasks, query } = connections.first;
    const firstAttempt = { provider: 'fake', model: 'm', instanceId: 'calls' };
    const [called, late] = (await Promise.all([admitted({ firstAttempt }), admitted({ firstAttempt })])).map(({ task }) => task.id);
    const found = async () => (await tasks.findUnowned(0, 1_000, null)).map(({ id }) => id).filter((id) => id === called || id === late);
    await query(`update tasks set created_at = now() - interval '61 seconds' where id = $1`, [late]);

    await instances.heartbeat('calls', 'worker');
    expect(await found()).toEqual([late]);
    await instances.remove('calls');
    expect((await found()).sort()).toEqual([called, late].sort());
  });

  it('lists a team newest first in pages, filtered, without what its owner deleted', async () => {
    const created: string[] = [];
    for (let index = 0; index < 5; index += 1) created.push((await admitted(index % 2 === 0 ? {} : image)).task.id);
    const newest = [...created].reverse();
    const { tasks } = connections.first;
    const list = async (filter: object) => {
      const page = await tasks.list({ teamId: caller.teamId, order: 'desc', limit: 2, ...filter });
      return { ids: page.data.map(({ id }) => id), hasMore: page.hasMore };
    };
    expect(await list({})).toEqual({ ids: newest.slice(0, 2), hasMore: true });
    expect(await list({ after: newest[3] })).toEqual({ ids: newest.slice(4), hasMore: false });
    expect(await list({ order: 'asc', after: created[0] })).toEqual({ ids: created.slice(1, 3), hasMore: true });
    expect(await list({ type: 'image' })).toEqual({ ids: [created[3], created[1]], hasMore: false });
    expect(await list({ statuses: ['queued'], limit: 1 })).toEqual({ ids: [created[3]], hasMore: true });
    expect(await list({ createdAfter: new Date(Date.now() + 60_000) })).toEqual({ ids: [], hasMore: false });
    await tasks.hide(newest[0] ?? '');
    expect((await list({})).ids[0]).toBe(newest[0]);
    await tasks.settle([aSettlement(newest[0] ?? '')]);
    await tasks.hide(newest[0] ?? '');
    expect((await list({})).ids).toEqual(newest.slice(1, 3));
    expect(await tasks.get(newest[0] ?? '', caller.teamId)).toBeNull();
    expect(await tasks.get(newest[1] ?? '', caller.teamId + 1)).toBeNull();
  });

  it('keeps files of teams apart and shows them as outputs in order', async () => {
    const { id: taskId } = (await admitted(image)).task;
    const asset = (index: number | null): Asset => ({
      id: `asset_${taskId.slice(5)}_${String(index)}`,
      teamId: caller.teamId,
      taskId,
      index,
      kind: 'image',
      key: 'k',
      thumbnailKey: null,
      contentType: 'image/png',
      width: 2,
      height: 1,
      durationS: null,
      bytes: 3_000_000_000,
      sha256: 'f'.repeat(64),
      revisedPrompt: null,
      createdAt: new Date('2026-11-02T03:04:05.678Z'),
    });
    const { assets } = connections.first;
    await assets.insert([asset(1), asset(0), asset(null)]);
    await assets.insert([{ ...asset(1), key: 'other' }]);
    expect((await read(taskId))?.outputs).toEqual([asset(0), asset(1)]);
    expect(await assets.get(asset(null).id, caller.teamId)).toEqual(asset(null));
    expect(await assets.get(asset(0).id, caller.teamId + 1)).toBeNull();
    expect(await assets.getMany([asset(0).id, 'asset_none'], caller.teamId)).toEqual([asset(0)]);
  });

  it('tells other processes of cancels and of changes of media, not of sync text', async () => {
    const heard: string[] = [];
    const stops = [
      connections.second.changes.onTask((id) => heard.push(`task ${id}`)),
      connections.second.changes.onCancel((id) => heard.push(`cancel ${id}`)),
      connections.second.changes.onCatalogue(() => heard.push('catalogue')),
    ];
    const text = (await admitted()).task.id;
    const media = (await admitted(image)).task.id;
    const { tasks } = connections.first;
    await eventually(async () => {
      await connections.first.query(`select pg_notify('atelier_catalogue', '')`);
      return heard.includes('catalogue');
    }, DEADLINE);
    // A feed that loses its connection makes another.
    await connections.first.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'second changes' and datname = current_database()`,
    );
    heard.length = 0;
    await eventually(async () => {
      await connections.first.query(`select pg_notify('atelier_catalogue', '')`);
      return heard.includes('catalogue');
    }, DEADLINE);
    heard.length = 0;
    expect(await tasks.requestCancel(text)).toBe(true);
    expect(await tasks.requestCancel(text)).toBe(true);
    expect(await read(text)).toMatchObject({ version: 2, status: 'running' });
    await tasks.settle([text, media].map((id) => aSettlement(id, { status: 'cancelled' })));
    expect(await tasks.requestCancel(text)).toBe(false);
    const said = () => heard.filter((line) => line !== 'catalogue');
    await eventually(() => said().length >= 3, DEADLINE);
    expect(said()).toEqual([`cancel ${text}`, `cancel ${text}`, `task ${media}`]);
    for (const stop of stops) stop();
  });
});

describe('The database of an installation', () => {
  /** Right after a start of Postgres nobody is judged dead. */
  const isDead = (id: string) => eventually(async () => !(await connections.first.instances.isAlive(id)), DEADLINE);

  it('counts instances that spoke within 8 seconds as alive', async () => {
    const { instances } = connections.first;
    await instances.heartbeat('i-1', 'api');
    await instances.heartbeat('i-1', 'api');
    expect(await connections.second.instances.isAlive('i-1')).toBe(true);
    expect(await instances.count('api')).toBe(1);
    await connections.first.query(`update instances set last_seen = now() - interval '9 seconds'`);
    await isDead('i-1');
    await instances.heartbeat('i-1', 'api');
    await instances.remove('i-1');
    expect(await instances.isAlive('i-1')).toBe(false);
  });

  it('counts an instance as serving while its connection stands, though its word is late, and not once the connection has closed', async () => {
    const process = createDatabase({ url: database.url, poolMax: 1, applicationName: 'atelier test worker', instanceId: 'w-1' });
    const { instances } = connections.first;
    process.changes.onTask(() => undefined);
    await process.instances.heartbeat('w-1', 'worker');
    const lateBy = (seconds: number) =>
      connections.first.query(`update instances set last_seen = now() - $1 * interval '1 second' where id = 'w-1'`, [seconds]);
    // Other databases of the suite's server have instances of their own.
    const locks = () =>
      connections.first.query(`select 1 from pg_locks where locktype = 'advisory' and objsubid = 2
                                 and database = (select oid from pg_database where datname = current_database())`);
    await eventually(async () => (await locks()).length === 1, DEADLINE);

    await lateBy(4);
    expect([await instances.count('worker'), await instances.isAlive('w-1')]).toEqual([1, true]);
    await lateBy(9);
    expect([await instances.count('worker'), await instances.isAlive('w-1')]).toEqual([0, true]);
    await lateBy(61);
    await isDead('w-1');

    await process.close();
    await eventually(async () => (await locks()).length === 0, DEADLINE);
    await lateBy(4);
    expect([await instances.count('worker'), await instances.isAlive('w-1')]).toEqual([0, true]);
    await lateBy(2);
    expect(await instances.count('worker')).toBe(1);
    await lateBy(9);
    await isDead('w-1');
    await instances.remove('w-1');
  });

  it('says that its connections are all in use when that is why it does not answer', async () => {
    const busy = createDatabase({ url: database.url, poolMax: 1, applicationName: 'atelier test busy' });
    const holding = busy.query('select pg_sleep(3)');

    await expect(busy.probe.check()).rejects.toThrow(
      /all 1 connections of this process \(ATELIER_POOL_MAX\) are in use and 1 statements wait/,
    );

    await holding;
    await busy.probe.check();
    await busy.close();
  });

  it('lets several processes migrate at once, and refuses a newer schema', async () => {
    await Promise.all([connections.first.migrate(), connections.second.migrate()]);
    await connections.first.query(`insert into knex_migrations (name, batch, migration_time) values ('9999_future.sql', 9, now())`);
    await expect(connections.first.migrate()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('9999_future.sql') as string,
    });
    await connections.first.query(`delete from knex_migrations where name = '9999_future.sql'`);
  });

  it('forgets idempotency keys only after two days', async () => {
    const caller = await aTeam(connections.first);
    const keyed = (key: string) => anAdmission(caller, { idempotency: { route: 'r', key } });
    await connections.first.tasks.admit([keyed('old'), keyed('new')]);
    await connections.first.query(`update idempotency_keys set created_at = now() - interval '49 hours' where key = 'old'`);
    expect(await connections.first.sweepIdempotencyKeys()).toBe(1);
    expect(await connections.first.tasks.findByIdempotencyKey(caller.teamId, 'r', 'old')).toBeNull();
    expect(await connections.first.tasks.findByIdempotencyKey(caller.teamId, 'r', 'new')).not.toBeNull();
  });

  it('answers its probe, and says service_unavailable when it is gone', async () => {
    await expect(connections.first.probe.check()).resolves.toBeUndefined();
    const gone = createDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1, applicationName: 'gone' });
    await expect(gone.probe.check()).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(gone.migrate()).rejects.toMatchObject({ code: 'service_unavailable' });
    await gone.close();
  });
});
