import { aSettlement, useConnections } from '../db/support';
import { startFakeProvider, type FakeProvider, type Step } from '../support/fake-provider';
import { useDatabase } from '../support/stack';
import { aMediaWorker, anAcceptedVideo } from './support/a-job';

const connections = useConnections(useDatabase(), ['own']);
let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider({ pollAfterMs: 200 });
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

/** A video that was cancelled while its job ran on, and was charged 100 micro-dollars for it. */
async function aLateVideo(step: Step): Promise<string> {
  const taskId = await anAcceptedVideo(connections.own, fake, step);
  const error = {
    code: 'cancelled',
    message: 'It was cancelled.',
    retryable: false,
    providerCode: null,
    providerMessage: null,
    param: null,
  } as const;
  const end = { status: 'cancelled', actualMicroUsd: 100n, textResult: null, usage: null, error, attempt: null } as const;
  await connections.own.tasks.settle([aSettlement(taskId, end)]);
  return taskId;
}

const follow = (taskId: string, sinceMs = Date.now(), baseUrl: string | null = fake.baseUrl) =>
  aMediaWorker(connections.own, baseUrl).followJob({ taskId, n: 1, sinceMs });
const found = async (taskId: string) => (await connections.own.tasks.find(taskId, null))!;
const events = (taskId: string) =>
  connections.own.query(`select type, data from events where data ->> 'id' = $1 or task_id = $1 order by id`, [taskId]);
/** What is spent of the team, as its account says. */
async function spent(taskId: string): Promise<bigint> {
  const [account] = await connections.own.query<{ spent: bigint }>(
    `select a.spent from accounts a join tasks t on t.team_id = a.team_id where t.id = $1 and a.kind = 'team' and a.period = ''`,
    [taskId],
  );
  return account!.spent;
}

test('a job that goes on is looked at ever more rarely, at most every five minutes, and never sooner than its provider asks', async () => {
  const taskId = await aLateVideo({ job: { status: 'in_progress' } });
  const pauses: unknown[] = [];
  for (const ageS of [0, 16, 80, 7_000]) {
    const error = await follow(taskId, Date.now() - ageS * 1_000).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'not_yet' });
    pauses.push(Math.round((error as { nextRetryDelay: number }).nextRetryDelay / 100) / 10);
  }

  expect(pauses).toEqual([0.2, 2, 10, 300]);
});

test('what it made is offered and told of once, however often it is looked at', async () => {
  const taskId = await aLateVideo({ job: { status: 'completed' } });
  const before = await found(taskId);

  expect([await follow(taskId), await follow(taskId)]).toEqual([{ state: 'delivered' }, { state: 'delivered' }]);

  const task = await found(taskId);
  expect(task).toMatchObject({ status: 'cancelled', actualMicroUsd: 100n, attempts: [{ outcome: 'succeeded', errorCode: null }] });
  expect(task.attempts[0]!.delivered!.outputs).toMatchObject([{ from: 'staged' }]);
  expect(task.version).toBe(before.version + 1);
  const told = { id: taskId, object: 'task', status: 'cancelled', campaign_id: null, late_outputs: { attempt: 1, count: 1 } };
  expect(await events(taskId)).toEqual(expect.arrayContaining([{ type: 'task.late_outputs', data: told }]));
  expect(await events(taskId)).toHaveLength(2);
});

test('a failure that cost nothing gives back what was charged, once, and says why', async () => {
  const taskId = await aLateVideo({ job: { status: 'failed', error: { code: 'server_error', message: 'Out of memory.' } } });
  const charged = await spent(taskId);

  expect([await follow(taskId), await follow(taskId)]).toEqual([{ state: 'failed' }, { state: 'failed' }]);

  expect([charged, await spent(taskId)]).toEqual([100n, 0n]);
  expect(await found(taskId)).toMatchObject({ attempts: [{ outcome: 'failed', error: { providerMessage: 'Out of memory.' } }] });
  expect(await connections.own.query('select spent_delta from ledger where task_id = $1 and kind = $2', [taskId, 'refund'])).toEqual([
    { spent_delta: -100n },
  ]);
  expect(await connections.own.ledger.verify()).toMatchObject({ ok: true });
});

test('what an operator has given back already is not given back again', async () => {
  const taskId = await aLateVideo({ job: { status: 'failed' } });
  await connections.own.ledger.refund(taskId, 60n, 'complaint');
  const other = await aLateVideo({ job: { status: 'failed' } });
  await connections.own.ledger.refund(other, null, 'complaint');

  await follow(taskId);
  await follow(other);

  expect([await spent(taskId), await spent(other)]).toEqual([0n, 0n]);
  expect(await connections.own.ledger.verify()).toMatchObject({ ok: true });
});

test('a job that its provider does not know any more proves nothing: the charge stands', async () => {
  const taskId = await aLateVideo({ jobLost: true });

  await expect(follow(taskId)).rejects.toMatchObject({ type: 'not_yet' });
  expect(await follow(taskId, Date.now() - 31_000)).toEqual({ state: 'unknown' });
  expect(await found(taskId)).toMatchObject({ attempts: [{ outcome: 'unknown', errorCode: 'outcome_unknown' }] });
  expect(await spent(taskId)).toBe(100n);
});

test('nothing is kept for a task whose contents have expired', async () => {
  const taskId = await aLateVideo({ job: { status: 'completed' } });
  await connections.own.query('update tasks set contents_expired_at = now() where id = $1', [taskId]);

  expect(await follow(taskId)).toEqual({ state: 'expired' });
  expect((await found(taskId)).attempts[0]!.delivered).toBeNull();
});

test('a provider that does not answer is asked again later', async () => {
  const taskId = await aLateVideo({});

  await expect(follow(taskId, Date.now() - 80_000, 'http://127.0.0.1:9')).rejects.toMatchObject({ type: 'not_yet' });
  expect(await found(taskId)).toMatchObject({ attempts: [{ outcome: 'cancelled', errorCode: null }] });
});
