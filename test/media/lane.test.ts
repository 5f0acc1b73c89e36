import type { Submission } from '../../domain/provider/provider';
import { AppError } from '../../domain/errors';
import { useConnections } from '../db/support';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/stack';
import { DONE, FILE, held, useProcesses } from './support/a-process';

const connections = useConnections(useDatabase(), ['own']);
const { aProcess: aProcessWith, anOrder } = useProcesses(connections);
const aProcess = (name: string, submit: () => Promise<Submission>, changes = {}) => aProcessWith(name, { submit }, changes);
const anImage = (instanceId: string) => anOrder('image', instanceId);
const stored = (id: string) => connections.own.tasks.find(id, null);

test('what the process answers with is what it stored: task, attempt, result, file and books', async () => {
  const { lane, started } = aProcess('api-1', () => Promise.resolve(DONE));
  const admission = await anImage('api-1');
  const { id } = admission.task;

  expect(await lane.submit(admission, { keepsContents: true })).toMatchObject({ kind: 'admitted' });
  const ended = await lane.take(id);
  const task = await stored(id);

  expect(ended?.contents).toEqual([FILE]);
  expect(task).toMatchObject({ status: 'succeeded', phase: 'done', progress: 1, actualMicroUsd: 100n, reservedMicroUsd: 0n });
  expect(task?.attempts).toMatchObject([{ n: 1, outcome: 'succeeded', upstreamId: 'up-1', delivered: { outputs: [{ from: 'stored' }] } }]);
  for (const name of ['outputs', 'actualMicroUsd', 'usage', 'costLines', 'error', 'status', 'teamId', 'model'] as const) {
    expect([name, ended?.task[name]]).toEqual([name, task?.[name]]);
  }
  await lane.settled([id], 1_000);
  expect([started, lane.nearness(id)]).toEqual([[], 'ended']);
});

test('a cancel that was asked for during the call goes to the workflow of the task, with what was delivered', async () => {
  const call = held(DONE);
  const { lane, started } = aProcess('api-1', call.answer);
  const admission = await anImage('api-1');
  const { id } = admission.task;
  await lane.submit(admission, { keepsContents: true });

  await connections.own.tasks.requestCancel(id);
  call.letGo();

  expect(await lane.take(id)).toBeNull();
  expect(started).toEqual([id]);
  const task = await stored(id);
  expect(task).toMatchObject({ status: 'running', workflowId: id });
  expect(task?.attempts).toMatchObject([{ outcome: 'succeeded', delivered: { outputs: [{ from: 'stored' }] } }]);
});

test('a process that has no place left begins a task with its own workflow', async () => {
  const call = held(DONE);
  const { lane, started, calls } = aProcess('api-1', call.answer);
  const admissions = await Promise.all([1, 2, 3].map(() => anImage('api-1')));
  const ids = admissions.map(({ task }) => task.id);

  for (const admission of admissions) await lane.submit(admission, { keepsContents: false });
  call.letGo();
  await Promise.all(ids.map(async (id) => lane.take(id)));

  expect([started, calls()]).toEqual([ids.slice(2), 2]);
  expect(await stored(ids[2]!)).toMatchObject({ status: 'queued', attempts: [] });
});

test('with the first attempt switched off every task begins with its own workflow', async () => {
  const { lane, started, calls } = aProcess('api-1', () => Promise.resolve(DONE), { optimistic: false });
  const admission = await anImage('api-1');

  await lane.submit(admission, { keepsContents: true });

  expect([started, calls(), lane.take(admission.task.id)]).toEqual([[admission.task.id], 0, null]);
});

test('a call that broke off for reasons of ours is given up, so that its outcome is found out elsewhere', async () => {
  const broken = () => Promise.reject(new AppError('internal', 'Oh.'));
  const { lane, started } = aProcess('api-1', broken);
  const admission = await anImage('api-1');

  await lane.submit(admission, { keepsContents: true });

  expect(await lane.take(admission.task.id)).toBeNull();
  expect(started).toEqual([admission.task.id]);
  expect((await stored(admission.task.id))?.attempts).toMatchObject([{ outcome: 'running', instanceId: null }]);
});

test('its group waits for a call as long as the process that makes it lives, and then gives the task its own workflow', async () => {
  const { instances, query } = connections.own;
  const call = held(DONE);
  const maker = aProcess('api-dies', call.answer);
  const other = aProcess('api-2', () => Promise.resolve(DONE));
  const admission = await anImage('api-dies');
  const { id } = admission.task;
  await instances.heartbeat('api-dies', 'api');
  await maker.lane.submit(admission, { keepsContents: false });
  await eventually(() => maker.calls() === 1, { withinMs: 5_000 });
  const group = { workflowId: `media-${id}`, taskIds: [id] };

  expect([await other.join(group), other.started]).toEqual([[id], []]);
  await query(`delete from instances where id = 'api-dies'`);
  expect([await other.join(group), other.started]).toEqual([[], [id]]);
  expect(await stored(id)).toMatchObject({ workflowId: id });
  // Asked again, it is another's already.
  expect([await other.join(group), other.started]).toEqual([[], [id]]);
  call.letGo();
  await maker.lane.take(id);
});
