import { eventually } from '../support/eventually';
import { KEYS, useApi } from './support/api';
import { settle } from './support/lane';
import { readEvents, type ServerEvent } from './support/events';

const api = useApi();
const image = { type: 'image', model: 'image-test', input: { prompt: 'A red fox.' } };
const submit = async (key: string = KEYS.site): Promise<string> => (await api.call('POST', '/v1/tasks', { body: image, key })).body.id;

/** A stream that is read until it is stopped. */
async function open(query = '', headers: Readonly<Record<string, string>> = {}) {
  const seen: ServerEvent[] = [];
  const leaving = new AbortController();
  const done = readEvents(`${api.origin}/v1/events${query}`, {
    headers,
    signal: leaving.signal,
    onEvent: (event) => void seen.push(event),
  }).catch(() => undefined);
  await eventually(() => seen.some(({ event }) => event === 'ready'), { withinMs: 5_000 });
  return {
    seen,
    types: () => seen.map(({ event }) => event),
    async stop() {
      leaving.abort();
      await done;
    },
  };
}

test('tells what happens to the tasks of the team, and nothing of others', async () => {
  const stream = await open();
  const foreign = await submit(KEYS.other);
  const id = await submit();
  await api.database.tasks.setProgress(id, 'waiting_provider', 0.5);
  await eventually(() => stream.seen.some(({ data }) => data.task?.progress === 0.5), { withinMs: 5_000 });
  await settle(api.database.tasks, id, null);
  await settle(api.database.tasks, foreign, null);
  await eventually(() => stream.types().includes('task.succeeded'), { withinMs: 5_000 });

  const end = stream.seen.find(({ event }) => event === 'task.succeeded')!;
  expect(end.data).toMatchObject({
    type: 'task.succeeded',
    id: id.replace('task_', 'evt_'),
    task_id: id,
    task: { id, status: 'succeeded', progress: 1, error_code: null, campaign_id: null },
  });
  expect(stream.seen.some(({ data }) => JSON.stringify(data).includes(foreign))).toBe(false);
  await stream.stop();
});

test('a chat, which nobody is notified of, is told of too; types choose', async () => {
  const stream = await open('?types=task.succeeded,campaign.*');
  const answer = await api.call('POST', '/v1/chat/completions', {
    body: { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] },
  });
  const id = answer.headers.get('x-atelier-run-id');
  await eventually(() => stream.seen.some(({ data }) => data.task_id === id), { withinMs: 5_000 });
  expect(new Set(stream.types())).toEqual(new Set(['ready', 'task.succeeded']));
  await stream.stop();
  const wrong = await api.call('GET', '/v1/events?types=task');
  expect([wrong.status, wrong.body.error.param]).toEqual([400, 'types']);
});

test('Last-Event-ID brings what ended meanwhile, and one that is too old is told of the gap', async () => {
  const before = await open();
  const first = await submit();
  await settle(api.database.tasks, first, null);
  await eventually(() => before.types().includes('task.succeeded'), { withinMs: 5_000 });
  const seen = before.seen.find(({ data }) => data.task_id === first)!;
  await before.stop();
  const missed = await submit();
  await settle(api.database.tasks, missed, null);

  const after = await open('', { 'last-event-id': seen.id });
  await eventually(() => after.seen.some(({ data }) => data.task_id === missed), { withinMs: 5_000 });
  expect(after.seen.filter(({ data }) => data.task_id === first)).toEqual([]);
  expect(after.seen.filter(({ data }) => data.task_id === missed)).toHaveLength(1);
  expect(after.types()).not.toContain('gap');
  await after.stop();

  const [ms, transaction, id] = seen.id.split('-');
  const old = await open('', { 'last-event-id': `${String(Number(ms) - 3_600_000)}-${transaction ?? ''}-${id ?? ''}` });
  await eventually(() => old.types().includes('gap'), { withinMs: 5_000 });
  await old.stop();
  const nonsense = await open('?after=17');
  await eventually(() => nonsense.types().includes('gap'), { withinMs: 5_000 });
  await nonsense.stop();
});
