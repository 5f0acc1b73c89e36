import { AppError } from '../../domain/errors';
import type { JobState, Submission } from '../../domain/provider/provider';
import { useConnections } from '../db/support';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { FILE, held, quiet, useProcesses, type FakeMedia } from './support/a-process';

const connections = useConnections(useDatabase(), ['own']);
const { aProcess, anOrder } = useProcesses(connections);
const stored = (id: string) => connections.own.tasks.find(id, null);

const ACCEPTED: Submission = { state: 'accepted', upstreamId: 'job-1', pollAfterMs: 10 };
const PENDING: JobState = { state: 'pending', progress: 0.5, pollAfterMs: 10 };
const DONE: JobState = {
  state: 'completed',
  result: { outputs: [{ from: 'provider', ref: 'file', revisedPrompt: null }], usage: null, reportedMicroUsd: null },
};
const SLOW: JobState = { ...PENDING, pollAfterMs: 60_000 };

/** A provider whose job says one after the other, the last again and again. */
function aJob(...states: JobState[]) {
  const seen = { looks: 0 };
  const media: FakeMedia = {
    submit: () => Promise.resolve(ACCEPTED),
    poll() {
      seen.looks += 1;
      return Promise.resolve(states[Math.min(seen.looks, states.length) - 1]!);
    },
    open: () => Promise.resolve({ contentType: 'image/png', body: once() }),
  };
  return { media, seen };
}

async function* once() {
  yield FILE;
}

test('a job is looked at until it is over, and stored and settled without a workflow of its own', async () => {
  const { media, seen } = aJob(PENDING, PENDING, DONE);
  const { lane, started, calls } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1');
  const { id } = admission.task;

  await lane.submit(admission, { keepsContents: false });
  await lane.take(id);

  expect(await stored(id)).toMatchObject({ status: 'succeeded', phase: 'done', progress: 1, actualMicroUsd: 100n, reservedMicroUsd: 0n });
  expect((await stored(id))?.attempts).toMatchObject([
    { outcome: 'succeeded', upstreamId: 'job-1', delivered: { outputs: [{ from: 'stored' }] } },
  ]);
  expect([started, calls(), seen.looks, lane.nearness(id)]).toEqual([[], 1, 3, 'ended']);
});

test('each of several images of a job is there as soon as it is stored, while the others are still fetched', async () => {
  const refs = ['first', 'second', 'third'];
  const gates = new Map(refs.map((ref) => [ref, held({ contentType: 'image/png', body: once() })]));
  const outputs = refs.map((ref) => ({ from: 'provider' as const, ref, revisedPrompt: null }));
  const { media } = aJob({ state: 'completed', result: { outputs, usage: null, reportedMicroUsd: null } });
  const { lane } = aProcess('api-1', { ...media, open: (_job, ref) => gates.get(ref)!.answer() });
  const admission = await anOrder('image', 'api-1');
  const { id } = admission.task;
  const shown = async () => {
    const task = await stored(id);
    return { status: task?.status, phase: task?.phase, outputs: task?.outputs.map(({ index }) => index), progress: task?.progress ?? 0 };
  };
  const until = (count: number) =>
    eventually(
      async () => {
        const now = await shown();
        expect(now.outputs).toHaveLength(count);
        expect(now.progress).toBeCloseTo(0.92 + (0.07 * count) / 3);
        return now;
      },
      { withinMs: 10_000, everyMs: 20 },
    );

  await lane.submit(admission, { keepsContents: false });
  const taken = lane.take(id);
  gates.get('first')!.letGo();
  expect(await until(1)).toMatchObject({ status: 'running', phase: 'storing', outputs: [0] });
  gates.get('second')!.letGo();
  expect(await until(2)).toMatchObject({ status: 'running', phase: 'storing', outputs: [0, 1] });
  gates.get('third')!.letGo();
  await taken;
  expect(await shown()).toEqual({ status: 'succeeded', phase: 'done', outputs: [0, 1, 2], progress: 1 });
});

test('a job that runs occupies no place at its provider, and tells how far it is', async () => {
  const { media } = aJob(SLOW);
  const { lane, started } = aProcess('api-1', media);
  const admissions = await Promise.all([1, 2, 3, 4].map(() => anOrder('video', 'api-1')));

  for (const admission of admissions) {
    await lane.submit(admission, { keepsContents: false });
    await eventually(async () => ((await stored(admission.task.id))?.progress ?? 0) > 0.4, { withinMs: 5_000, everyMs: 20 });
  }

  expect(started).toEqual([]);
  expect(await stored(admissions[3]!.task.id)).toMatchObject({ status: 'running', phase: 'waiting_provider', progress: 0.05 + 0.85 * 0.5 });
});

test('a cancel leaves a job to the workflow of its task, which can stop it', async () => {
  const { media } = aJob(SLOW);
  const { lane, started } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1');
  const { id } = admission.task;
  await lane.submit(admission, { keepsContents: false });
  await eventually(async () => ((await stored(id))?.progress ?? 0) > 0.4, { withinMs: 5_000, everyMs: 20 });
  const ended = lane.take(id);

  await connections.own.tasks.requestCancel(id);
  lane.cancelled(id);

  expect(await ended).toBeNull();
  expect(started).toEqual([id]);
  expect(await stored(id)).toMatchObject({ status: 'running', workflowId: id, attempts: [{ outcome: 'accepted', instanceId: null }] });
});

test('a cancel that this process did not hear of is seen at the next look', async () => {
  const { media } = aJob(PENDING);
  const { lane, started } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1');
  const { id } = admission.task;
  await lane.submit(admission, { keepsContents: false });
  const ended = lane.take(id);

  await connections.own.tasks.requestCancel(id);

  expect(await ended).toBeNull();
  expect(started).toEqual([id]);
});

test('a job is left to the workflow of its task at the deadline', async () => {
  const { media } = aJob(SLOW);
  const { lane, started } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1', { deadlineAt: new Date(Date.now() + 1_000) });

  await lane.submit(admission, { keepsContents: false });

  expect(await lane.take(admission.task.id)).toBeNull();
  expect(started).toEqual([admission.task.id]);
});

test('a provider that tells of its jobs itself is heard by the workflow of the task', async () => {
  const { media, seen } = aJob(SLOW);
  const { lane, started } = aProcess('api-1', media, { isWebhooked: true });
  const admission = await anOrder('video', 'api-1');

  await lane.submit(admission, { keepsContents: false });

  expect(await lane.take(admission.task.id)).toBeNull();
  expect([started, seen.looks]).toEqual([[admission.task.id], 0]);
  expect((await stored(admission.task.id))?.attempts).toMatchObject([{ outcome: 'accepted', upstreamId: 'job-1', instanceId: null }]);
});

test('a job that failed ends its task where no other call may follow, at no cost', async () => {
  const error = new AppError('content_policy_violation', 'No.', { providerCode: 'moderation', providerMessage: 'No.' });
  const { media } = aJob(PENDING, { state: 'failed', error });
  const { lane, started } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1');
  const { id } = admission.task;

  await lane.submit(admission, { keepsContents: false });
  await lane.take(id);

  expect(started).toEqual([]);
  expect(await stored(id)).toMatchObject({
    status: 'failed',
    actualMicroUsd: 0n,
    error: { code: 'content_policy_violation' },
    attempts: [{ outcome: 'failed', errorCode: 'content_policy_violation', upstreamId: 'job-1' }],
  });
});

test('a look that fails is repeated', async () => {
  const { media, seen } = aJob(DONE);
  let failures = 0;
  const troubled: FakeMedia = {
    ...media,
    poll(job) {
      failures += 1;
      return failures === 1 ? Promise.reject(new AppError('provider_unavailable', 'Oh.')) : media.poll!(job);
    },
  };
  const { lane, started } = aProcess('api-1', troubled);
  const admission = await anOrder('video', 'api-1');

  await lane.submit(admission, { keepsContents: false });
  await lane.take(admission.task.id);

  expect([started, seen.looks]).toEqual([[], 1]);
  expect(await stored(admission.task.id)).toMatchObject({ status: 'succeeded' });
});

test('a job whose workflow cannot be started is handed over once Temporal is back, and the log says once that it waits', async () => {
  const { media } = aJob(SLOW);
  const said: string[] = [];
  const logger = { ...quiet, warn: (_fields: object, message: string) => void said.push(message) };
  const started: string[] = [];
  let tries = 0;
  const runner = {
    startMedia: ({ id }: { id: string }) =>
      (tries += 1) <= 3 ? Promise.reject(new AppError('service_unavailable', 'Away.')) : Promise.resolve(void started.push(id)),
  };
  const { lane } = aProcess('api-1', media, { logger, runner });
  const admission = await anOrder('video', 'api-1');
  const { id } = admission.task;
  await lane.submit(admission, { keepsContents: false });
  const ended = lane.take(id);

  lane.cancelled(id);

  expect(await ended).toBeNull();
  expect([started, tries]).toEqual([[id], 4]);
  expect(said).toEqual([expect.stringContaining('could not be handed over')]);
});

test('a process that ends leaves its jobs to their workflows', async () => {
  const { media } = aJob(SLOW);
  const { lane, started, calls } = aProcess('api-1', media);
  const admission = await anOrder('video', 'api-1');
  await lane.submit(admission, { keepsContents: false });
  await eventually(() => calls() === 1, { withinMs: 5_000 });

  await lane.drain(5_000);

  expect(started).toEqual([admission.task.id]);
});

test('a group waits for a job as long as the process that looks at it lives, and then gives the task its own workflow', async () => {
  const { instances, query } = connections.own;
  const { media, seen } = aJob(SLOW);
  const maker = aProcess('api-dies', media);
  const other = aProcess('api-2', media);
  const admission = await anOrder('video', 'api-dies');
  const { id } = admission.task;
  await instances.heartbeat('api-dies', 'api');
  await maker.lane.submit(admission, { keepsContents: false });
  await eventually(() => seen.looks === 1, { withinMs: 5_000 });
  const group = { workflowId: `media-${id}`, taskIds: [id] };

  expect([await maker.join(group), await other.join(group), other.started]).toEqual([[id], [id], []]);
  await query(`delete from instances where id = 'api-dies'`);
  expect([await other.join(group), other.started]).toEqual([[], [id]]);
  expect(await stored(id)).toMatchObject({ workflowId: id, attempts: [{ outcome: 'accepted', upstreamId: 'job-1' }] });
  expect(maker.calls() + other.calls()).toBe(1);
});
