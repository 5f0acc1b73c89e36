import { eventually } from '../support/eventually';
import { startHouse, type House } from './support/house';

/** Trying to store gives up after half a minute: the tasks of all tests fail side by side. */
let house: House;
let stop = (): Promise<void> => Promise.resolve();
const failed = new Map<string, any>();

async function begun(prompt: string): Promise<any> {
  const body = { type: 'image', model: 'image', input: { prompt }, output: { size: '512x512' } };
  return (await house.call('POST', '/v1/tasks', { body })).body;
}

beforeAll(async () => {
  house = await startHouse();
  stop = () => house.stop();
  house.s3.refuse(/\/teams\//);
  const staged = await Promise.all(['staged', 'twice'].map(begun));
  for (const { id } of staged) {
    await eventually(async () => (await house.call('GET', `/v1/tasks/${id}`)).body.phase === 'storing', { withinMs: 20_000 });
  }
  house.s3.refuse(/./);
  const spooled = await begun('spooled');
  for (const { id } of [...staged, spooled]) {
    const task = await house.ended(id, 90_000);
    failed.set(task.input.prompt, task);
  }
  house.s3.refuse(null);
}, 240_000);
afterAll(() => stop(), 60_000);

function replay(id: string, overrides: object = {}): Promise<any> {
  return house.call('POST', `/v1/tasks/${id}/replay`, { body: { overrides } }).then(({ body }) => body);
}

function creates(prompt: string): number {
  return (house.first.counts.createsByPrompt.get(prompt) ?? 0) + (house.second.counts.createsByPrompt.get(prompt) ?? 0);
}

test('what was delivered and could not be stored is taken up without a second call and a second charge', async () => {
  const parent = failed.get('staged');
  const first = await replay(parent.id);
  const task = await house.ended(first.id);
  const again = await house.ended((await replay(parent.id)).id);

  expect(parent).toMatchObject({ status: 'failed', error: { code: 'asset_storage_failed' }, cost: { actual: '0.02' } });
  expect(first.cost).toMatchObject({ reserved: '0', estimated: '0' });
  for (const replayed of [task, again]) {
    expect(replayed).toMatchObject({
      status: 'succeeded',
      replay_of: parent.id,
      cost: { actual: '0', lines: [] },
      outputs: [{ kind: 'image', content_type: 'image/png' }],
    });
    expect(replayed.routing.attempts).toMatchObject([{ n: 1, provider: 'first', outcome: 'succeeded', cost: '0' }]);
  }
  expect(creates('staged')).toBe(1);

  const changed = await house.ended((await replay(task.id, { output: { seed: 1 } })).id);
  expect(changed).toMatchObject({ status: 'succeeded', replay_of: task.id, cost: { actual: '0.02' } });
  expect(creates('staged')).toBe(2);
  expect(await house.ledger()).toMatchObject({ ok: true, problems: [] });
}, 60_000);

test('what waited in the database while S3 was away is taken up, also by two replays at once', async () => {
  const parent = failed.get('spooled');
  const replays = await Promise.all([1, 2].map(() => replay(parent.id)));
  const tasks = await Promise.all(replays.map(({ id }) => house.ended(id)));

  expect(parent.error.code).toBe('asset_storage_failed');
  expect(tasks.map(({ status, cost }) => [status, cost.actual])).toEqual(Array(2).fill(['succeeded', '0']));
  expect(creates('spooled')).toBe(1);
}, 60_000);

test('a result that cannot be stored again says how to buy it anew, and overrides do', async () => {
  house.s3.refuse(/\/teams\//);
  const again = await house.ended((await replay(failed.get('twice').id)).id, 90_000);
  house.s3.refuse(null);
  const resumed = await house.ended((await replay(again.id)).id);
  const anew = await house.ended((await replay(again.id, { model: 'image' })).id);

  expect(again).toMatchObject({
    status: 'failed',
    error: { code: 'asset_storage_failed', message: expect.stringMatching(/with overrides/) },
    cost: { actual: '0' },
  });
  expect(resumed).toMatchObject({ status: 'succeeded', replay_of: again.id, cost: { actual: '0' } });
  expect(anew).toMatchObject({ status: 'succeeded', replay_of: again.id, cost: { actual: '0.02' } });
  expect(creates('twice')).toBe(2);
  expect(await house.ledger()).toMatchObject({ ok: true, problems: [], open_reservations: 0 });
}, 150_000);
