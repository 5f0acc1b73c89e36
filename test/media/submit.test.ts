import { createMediaActivities, createProviderActivities } from '../../activities/media/activities';
import type { MediaDeps } from '../../activities/media/deps';
import type { MediaPlan } from '../../activities/media/plan';
import { ALL_WELL } from '../../domain/provider/plan';
import { AppError } from '../../domain/errors';
import type { Catalogue } from '../../domain/provider/catalogue';
import type { MediaCall, ProviderAdapter, Submission } from '../../domain/provider/provider';
import { aTeam, useConnections } from '../db/support';
import { createHeldBytes } from '../../lib/held-bytes';
import { notYet } from '../../activities/activity';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { aVideo } from './support/a-video';

const connections = useConnections(useDatabase(), ['own']);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

const AWAY = new AppError('service_unavailable', 'The object store did not do its work.');

/** What a worker of that name buys with; `calls` are those that reached the provider. */
function aWorker(
  instanceId: string,
  changes: Partial<MediaDeps> = {},
  answer: Promise<void> = Promise.resolve(),
  submission: Submission = { state: 'accepted', upstreamId: 'job-1', pollAfterMs: 1_000 },
) {
  const calls: MediaCall[] = [];
  const read: number[] = [];
  const submit = async (call: MediaCall) => {
    for (const image of call.images) for await (const piece of image.open()) read.push(...piece);
    calls.push(call);
    await answer;
    return submission;
  };
  const provider = { name: 'fake', honoursIdempotencyKey: false };
  const deps = {
    tasks: connections.own.tasks,
    instances: connections.own.instances,
    assets: connections.own.assets,
    catalogue: () => ({ models: new Map(), providers: new Map([['fake', provider]]) }),
    providers: () => ({ media: { submit }, drawsWatermark: false }),
    objects: { exists: () => Promise.resolve(true), get: () => Promise.resolve({ body: [new Uint8Array([1])] }) },
    instanceId,
    logger: quiet,
    now: () => new Date(),
    random: () => 0.5,
    state: { ...ALL_WELL, ended: () => undefined },
    held: createHeldBytes({ processBytes: 1, teamBytes: 1, patienceMs: 5_000 }, () => notYet(1_000)),
    ...changes,
  } as unknown as MediaDeps;
  const { submitJob } = createProviderActivities(deps);
  const { planMedia } = createMediaActivities(deps);
  const buy = (taskId: string, deadlineMs = Date.now() + 60_000) =>
    submitJob({ taskId, n: 1, provider: 'fake', model: 'fake-video', deadlineMs });
  return { calls, read, buy, plan: planMedia };
}

test('a purchase whose input cannot be read for a while waits for the object store, and is made once', async () => {
  let looks = 0;
  const exists = async () => {
    looks += 1;
    if (looks < 3) throw AWAY;
    return true;
  };
  const get = async () => ({ body: [new Uint8Array([1])] });
  const worker = aWorker('worker-1', { objects: { exists, get } as unknown as MediaDeps['objects'] });
  const taskId = await aVideo(connections.own);

  expect(await worker.buy(taskId)).toEqual({ state: 'accepted', pollAfterMs: 1_000, upstreamId: 'job-1' });

  expect([looks, worker.calls.length]).toEqual([3, 1]);
  expect((await connections.own.tasks.get(taskId, null))?.attempts).toMatchObject([{ n: 1, outcome: 'accepted' }]);
});

test('an input whose reading breaks off is read on from there', async () => {
  const ranges: (string | undefined)[] = [];
  const bytes = Uint8Array.of(1, 2, 3, 4, 5);
  async function* body(from: number): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes.subarray(from, from + 2));
    if (from < 4) throw AWAY;
  }
  const get = async (_key: string, range?: string) => {
    ranges.push(range);
    if (ranges.length === 2) throw AWAY;
    return { body: body(Number(/\d+/.exec(range ?? '0')![0])) };
  };
  const worker = aWorker('worker-1', { objects: { exists: async () => true, get } as unknown as MediaDeps['objects'] });

  await worker.buy(await aVideo(connections.own));

  expect(worker.read).toEqual([1, 2, 3, 4, 5]);
  expect(ranges).toEqual([undefined, 'bytes=2-', 'bytes=2-', 'bytes=4-']);
});

test('a second try beside the first waits for the same purchase', async () => {
  let deliver = (): void => undefined;
  const worker = aWorker('worker-1', {}, new Promise((resolve) => (deliver = resolve)));
  const taskId = await aVideo(connections.own);

  const tries = [worker.buy(taskId), worker.buy(taskId)];
  deliver();

  expect(await Promise.all(tries)).toEqual([1, 2].map(() => ({ state: 'accepted', pollAfterMs: 1_000, upstreamId: 'job-1' })));
  expect(worker.calls).toHaveLength(1);
});

test('a purchase that another living process makes is waited for; once that process is gone its outcome is unknown', async () => {
  let deliver = (): void => undefined;
  const maker = aWorker('worker-1', {}, new Promise((resolve) => (deliver = resolve)));
  const other = aWorker('worker-2');
  const { instances, query } = connections.own;
  const taskId = await aVideo(connections.own);
  await instances.heartbeat('worker-1', 'worker');
  const made = maker.buy(taskId);
  await eventually(() => maker.calls.length === 1, { withinMs: 5_000 });

  await expect(other.buy(taskId)).rejects.toMatchObject({ type: 'not_yet' });
  await query(`delete from instances where id = 'worker-1'`);
  await expect(other.buy(taskId)).rejects.toMatchObject({ type: 'outcome_unknown' });
  deliver();
  await made;

  expect(other.calls).toEqual([]);
  expect((await connections.own.tasks.get(taskId, null))?.attempts).toMatchObject([{ n: 1, outcome: 'unknown' }]);
});

const noSuchProvider = { catalogue: () => ({ models: new Map(), providers: new Map() }) as never };

test.each([
  ['it does not answer', new AppError('provider_unavailable', 'Away.'), {}, true],
  ['it asks to wait', new AppError('rate_limited', 'Slowly.', { retryAfterMs: 50 }), {}, true],
  ['it refuses the key', new AppError('provider_auth', 'The key was revoked.'), {}, false],
  ['it left the configuration', null, noSuchProvider, false],
])('a purchase whose process died is not made elsewhere when its provider cannot be asked: %s', async (_why, trouble, changes, mayPass) => {
  let deliver = (): void => undefined;
  const maker = aWorker('worker-gone', {}, new Promise((resolve) => (deliver = resolve)));
  const submit = jest.fn();
  const find = async (): Promise<string | null> => {
    if (trouble !== null) throw trouble;
    return null;
  };
  const other = aWorker('worker-2', { providers: () => ({ media: { submit, find }, drawsWatermark: false }) as never, ...changes });
  const taskId = await aVideo(connections.own);
  const made = maker.buy(taskId);
  await eventually(() => maker.calls.length === 1, { withinMs: 5_000 });

  if (mayPass) await expect(other.buy(taskId)).rejects.toMatchObject({ type: 'not_yet' });
  // Its time is over.
  await expect(other.buy(taskId, mayPass ? Date.now() - 1 : undefined)).rejects.toMatchObject({ type: 'outcome_unknown' });
  deliver();
  await made;

  expect(submit).not.toHaveBeenCalled();
  expect((await connections.own.tasks.get(taskId, null))?.attempts).toMatchObject([{ n: 1, outcome: 'unknown' }]);
});

test('an answer that says the job has failed already is its verdict', async () => {
  const error = new AppError('provider_rejected', 'No.', { providerCode: 'invalid_seconds', providerMessage: 'No.', chargedMicroUsd: '5' });
  const worker = aWorker('worker-1', {}, Promise.resolve(), { state: 'failed', error, upstreamId: 'job-1' });
  const taskId = await aVideo(connections.own);

  // The second try is Temporal's, after an answer of ours that was lost.
  for (let tries = 0; tries < 2; tries += 1) expect(await worker.buy(taskId)).toEqual({ state: 'failed', code: 'provider_rejected' });

  expect(worker.calls).toHaveLength(1);
  expect((await connections.own.tasks.get(taskId, null))?.attempts).toMatchObject([
    { outcome: 'failed', upstreamId: 'job-1', costMicroUsd: 5n, error: { providerCode: 'invalid_seconds', providerMessage: 'No.' } },
  ]);
});

test('nothing is bought for a task that is to end, and what was begun before is gone on with', async () => {
  const worker = aWorker('worker-1');
  const { tasks } = connections.own;
  const [cancelled, late, begun] = [await aVideo(connections.own), await aVideo(connections.own), await aVideo(connections.own)];
  await worker.buy(begun);
  for (const taskId of [cancelled, begun]) await tasks.requestCancel(taskId);

  expect(await worker.buy(cancelled)).toEqual({ state: 'stopped', code: 'cancelled' });
  expect(await worker.buy(late, Date.now() - 1)).toEqual({ state: 'stopped', code: 'expired' });
  expect(await worker.buy(begun)).toEqual({ state: 'accepted', pollAfterMs: 0 });

  expect(worker.calls).toHaveLength(1);
  for (const taskId of [cancelled, late]) expect(await tasks.get(taskId, null)).toMatchObject({ status: 'queued', attempts: [] });
});

test('a call lasts no longer than the task may', async () => {
  const worker = aWorker('worker-1');
  const taskId = await aVideo(connections.own);

  await worker.buy(taskId, Date.now() + 5_000);

  for (const limit of Object.values(worker.calls[0]!.timeouts)) expect(limit).toBeLessThanOrEqual(5_000);
});

const DOWN = 'The provider answered 500.';
test.each<[what: string, policy: 'stop' | 'retry' | null, isUnpaid: boolean, code: string, outcome: string, isDoubtful: boolean]>([
  ['a failure that proves nothing is told as such', null, false, 'provider_unavailable', 'failed', true],
  ['one that proves that nothing was bought is a refusal', null, true, 'provider_unavailable', 'failed', false],
  ['an operator who stops at unknown outcomes stops there', 'stop', false, 'outcome_unknown', 'unknown', false],
  ['and goes on after a refusal', 'stop', true, 'provider_unavailable', 'failed', false],
])('%s', async (_what, unknownOutcome, isUnpaid, code, outcome, isDoubtful) => {
  const media = {
    submit: () => Promise.reject(new AppError('provider_unavailable', DOWN, isUnpaid ? { isUnpaid } : {})),
  };
  const provider = { name: 'fake', honoursIdempotencyKey: false, unknownOutcome };
  const worker = aWorker('worker-1', {
    catalogue: () => ({ models: new Map(), providers: new Map([['fake', provider]]) }) as unknown as Catalogue,
    providers: () => ({ media, drawsWatermark: false }) as unknown as ProviderAdapter,
  });
  const taskId = await aVideo(connections.own);

  await expect(worker.buy(taskId)).rejects.toMatchObject({ type: code, details: [null, isDoubtful] });

  // Another process, or Temporal's next try, decides by the row.
  const another = aWorker('worker-2', { latestCatalogue: async () => ({ models: new Map(), providers: new Map() }) as never });
  expect(await another.buy(taskId)).toEqual({ state: 'failed', code, ...(isDoubtful ? { isDoubtful } : {}) });
  const plan = (await another.plan(taskId)) as MediaPlan;
  expect([plan.calls.length, plan.calls[0]?.code, plan.calls[0]?.isDoubtful ?? false]).toEqual([1, code, isDoubtful]);

  const [attempt] = (await connections.own.tasks.get(taskId, null))?.attempts ?? [];
  expect(attempt).toMatchObject({ outcome, errorCode: code });
  expect(attempt?.error?.message).toBe(
    isUnpaid ? DOWN : `${DOWN} It may have been carried out, so it was not repeated${code === 'outcome_unknown' ? '.' : ' there.'}`,
  );
});

const MIB = 1024 * 1024;

test('files of many purchases at once stay within the bound of the process and of a team, and all are bought', async () => {
  const held = createHeldBytes({ processBytes: 32 * MIB, teamBytes: 16 * MIB, patienceMs: 20 }, () => notYet(1));
  const most = { all: 0, atOnce: 0 };
  let open = 0;
  // The first waits for a second beside it, so that they meet however slow the machine is.
  let meet: () => void = () => undefined;
  const met = new Promise<void>((resolve) => (meet = resolve));
  const submit = async (): Promise<Submission> => {
    open += 1;
    most.atOnce = Math.max(most.atOnce, open);
    most.all = Math.max(most.all, held.total());
    if (open === 2) meet();
    await met;
    open -= 1;
    return { state: 'accepted', upstreamId: 'job-1', pollAfterMs: 1_000 };
  };
  const worker = aWorker('worker-1', { held, providers: () => ({ media: { submit }, drawsWatermark: false }) as never });
  const teams = await Promise.all([1, 2, 3].map(() => aTeam(connections.own)));
  const videos = await Promise.all(teams.flatMap((team) => [1, 2, 3, 4, 5, 6].map(() => aVideo(connections.own, 7 * MIB, team))));
  // As Temporal does: what has no room is tried again.
  const bought = async (taskId: string): Promise<unknown> => {
    for (;;) {
      const answer = await worker.buy(taskId).catch((error: unknown) => error as { type?: string });
      if (!('type' in answer) || answer.type !== 'not_yet') return answer;
    }
  };

  const answers = await Promise.all(videos.map(bought));

  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ state: 'accepted', pollAfterMs: 1_000, upstreamId: 'job-1' })]),
  );
  expect(most.atOnce).toBeGreaterThan(1);
  expect(most.atOnce).toBeLessThanOrEqual(4);
  expect(most.all).toBeLessThanOrEqual(32 * MIB);
  expect(held.total()).toBe(0);
});

test('results in memory count too, and a purchase that waits for room has not begun and can be ended', async () => {
  const held = createHeldBytes({ processBytes: 8 * MIB, teamBytes: 8 * MIB, patienceMs: 10 }, () => notYet(1));
  let keep = (): void => undefined;
  const isKept = new Promise<void>((resolve) => (keep = resolve));
  const output = { from: 'bytes', bytes: new Uint8Array(7 * MIB), contentType: 'video/mp4', revisedPrompt: null } as const;
  const result = { outputs: [output], usage: null, reportedMicroUsd: null } as never;
  const objects = { exists: async () => true, get: async () => ({ body: [] }), put: () => isKept };
  const write = () => Promise.reject(new AppError('service_unavailable', 'Away.'));
  const changes = { held, objects, assetWriter: { write } } as unknown as Partial<MediaDeps>;
  const first = aWorker('worker-1', changes, Promise.resolve(), { state: 'completed', result, upstreamId: null });
  const team = await aTeam(connections.own);
  const [making, waiting] = [await aVideo(connections.own, 5, team), await aVideo(connections.own, 2 * MIB, team)];
  const made = first.buy(making);
  await eventually(() => held.total() > 7 * MIB, { withinMs: 5_000 });

  await expect(first.buy(waiting)).rejects.toMatchObject({ type: 'not_yet' });
  expect((await connections.own.tasks.get(waiting, null))?.attempts).toEqual([]);
  await connections.own.tasks.requestCancel(waiting);
  keep();
  expect(await made).toEqual({ state: 'delivered' });
  expect(await first.buy(waiting)).toEqual({ state: 'stopped', code: 'cancelled' });
  expect(held.total()).toBe(0);
});
