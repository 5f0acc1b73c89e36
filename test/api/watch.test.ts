import { createTaskWatcher, type TaskState } from '../../api/watch';
import type { TaskStatus } from '../../domain/task/task';
import { eventually } from '../support/eventually';
import { useApi } from './support/api';
import { settle } from './support/lane';

const api = useApi();
const image = { type: 'image', model: 'image-test', input: { prompt: 'A red fox.' } };
const submit = async (): Promise<string> => (await api.call('POST', '/v1/tasks', { body: image })).body.id;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

test('a change that the feed does not tell is seen within seconds', async () => {
  const id = await submit();
  const watcher = createTaskWatcher({ tasks: api.database.tasks, changes: { onTask: () => () => undefined }, logger: quiet });
  const waiting = watcher.waitForEnd(id, { timeoutMs: 10_000 });
  const states: TaskStatus[] = [];
  watcher.onChange(id, -1, ({ status }: TaskState) => states.push(status));
  await eventually(() => states.includes('queued'), { withinMs: 3_000 });

  await settle(api.database.tasks, id, null);

  expect(await waiting).toBe(true);
  expect(states).toEqual(['queued', 'succeeded']);
  watcher.close();
});

test('a thousand watched tasks cost one query a round', async () => {
  const asked: number[] = [];
  const versions = async (ids: readonly string[]) => {
    asked.push(ids.length);
    return ids.map((id) => ({ id, version: 1, status: 'running' as const, cancelRequested: false }));
  };
  const watcher = createTaskWatcher({ tasks: { versions }, changes: { onTask: () => () => undefined }, logger: quiet });
  const ids = Array.from({ length: 1_000 }, (_, index) => `task_${index}`);

  const stops = ids.map((id) => watcher.onChange(id, 1, () => undefined));
  await eventually(() => asked.length >= 2, { withinMs: 5_000 });

  expect(asked.slice(0, 2)).toEqual([1_000, 1_000]);
  for (const stop of stops) stop();
  watcher.close();
});

test('a wait ends early when its signal says so', async () => {
  const id = await submit();
  const leaving = new AbortController();
  const watcher = createTaskWatcher({ tasks: api.database.tasks, changes: api.database.changes, logger: quiet });
  const waiting = watcher.waitForEnd(id, { timeoutMs: 60_000, signal: leaving.signal });

  leaving.abort();

  expect(await waiting).toBe(false);
  watcher.close();
});

test('an urgent wait ends soon after a change that the feed does not tell, and any wait after a hint of this process', async () => {
  const watcher = createTaskWatcher({ tasks: api.database.tasks, changes: { onTask: () => () => undefined }, logger: quiet });
  const [urgent, hinted] = [await submit(), await submit()];
  const waits = [
    watcher.waitForEnd(urgent, { timeoutMs: 1_200, isUrgent: true }),
    watcher.waitForEnd(hinted, { timeoutMs: 1_200 }),
  ] as const;
  const states: TaskStatus[] = [];
  watcher.onChange(hinted, -1, ({ status }: TaskState) => states.push(status));
  await eventually(() => states.length > 0, { withinMs: 1_000 });

  await settle(api.database.tasks, urgent, null);
  await settle(api.database.tasks, hinted, null);
  watcher.look(hinted);

  expect(await Promise.all(waits)).toEqual([true, true]);
  watcher.close();
});

test('urgent waits on a slow database do not keep the look at all others from happening', async () => {
  const asked: string[][] = [];
  const hanging: (() => void)[] = [];
  const versions = async (ids: readonly string[]) => {
    asked.push([...ids]);
    if (ids.includes('task_urgent')) await new Promise<void>((resolve) => hanging.push(resolve));
    return ids.map((id) => ({ id, version: 1, status: 'running' as const, cancelRequested: false }));
  };
  const watcher = createTaskWatcher({ tasks: { versions }, changes: { onTask: () => () => undefined }, logger: quiet });
  const leaving = new AbortController();
  const urgent = watcher.waitForEnd('task_urgent', { timeoutMs: 60_000, isUrgent: true, signal: leaving.signal });
  await eventually(() => hanging.length > 1, { withinMs: 2_000 });
  const stop = watcher.onChange('task_other', 1, () => undefined);

  await eventually(() => asked.some((ids) => ids.length === 2), { withinMs: 5_000 });

  for (const answer of hanging) answer();
  leaving.abort();
  expect(await urgent).toBe(false);
  stop();
  watcher.close();
});
