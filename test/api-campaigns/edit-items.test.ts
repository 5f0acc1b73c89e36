import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';
import { campaignOf, post } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();

async function make(count: number, more: object = {}): Promise<string> {
  return (await post(api, campaignOf(count, more))).body.id;
}

const item = (id: string, index: number) => api.call('GET', `/v1/campaigns/${id}/items/${index}`);
const edit = (id: string, index: number, body: object, options: object = {}) =>
  api.call('PATCH', `/v1/campaigns/${id}/items/${index}`, { body, ...options });
const verb = (id: string, name: string, body?: object) =>
  api.call('POST', `/v1/campaigns/${id}/${name}`, body === undefined ? {} : { body });
const estimated = async (id: string): Promise<string> => (await api.call('GET', `/v1/campaigns/${id}`)).body.cost.estimated;

test('an item of a draft is shown with what it asks for, and asks for something else once it is edited', async () => {
  const id = await make(2, { start: false });
  const before = await item(id, 2);
  expect(before).toMatchObject({
    status: 200,
    body: { key: 'sku-2', index: 2, type: 'image', model: 'image-test', input: { prompt: 'Image 2', negative_prompt: null }, output: {} },
  });
  expect(await estimated(id)).toBe('0.04');

  const edited = await edit(id, 2, { input: { prompt: 'A green fox.' }, output: { n: 3 } });
  expect(edited).toMatchObject({ status: 200, body: { input: { prompt: 'A green fox.' }, output: { n: 3 }, cost: { estimated: '0.06' } } });
  expect(await estimated(id)).toBe('0.08');
  expect((await edit(id, 2, { output: { n: null } })).body).toMatchObject({
    input: { prompt: 'A green fox.' },
    cost: { estimated: '0.02' },
  });
  expect((await item(id, 1)).body.input.prompt).toBe('Image 1');

  await verb(id, 'start');
  await startItems(api, id, 2);
  const { task_id: taskId } = (await item(id, 2)).body;
  expect((await api.call('GET', `/v1/tasks/${taskId}`)).body.input.prompt).toBe('A green fox.');
});

test('a failed item keeps its error until it is retried, and is then made by what was edited', async () => {
  const id = await make(2);
  await startItems(api, id, 2);
  await endItem(api, id, 1, 'failed', { code: 'content_policy_violation' });
  const edited = await edit(id, 1, { input: { prompt: 'A tame fox.' } });
  expect(edited).toMatchObject({ status: 200, body: { status: 'failed', error: { code: 'content_policy_violation' } } });
  expect(await edit(id, 2, { input: { prompt: 'Too late.' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'campaign_state', details: { item_status: 'running' } } },
  });
  await verb(id, 'retry', { items: ['sku-1'] });
  await startItems(api, id, 1);
  const { task_id: taskId, status } = (await item(id, 1)).body;
  expect([status, (await api.call('GET', `/v1/tasks/${taskId}`)).body.input.prompt]).toEqual(['running', 'A tame fox.']);
});

test('an item of a running campaign is edited once it is paused, and a start that was prepared before does not run the old one', async () => {
  const id = await make(1);
  expect((await edit(id, 1, { input: { prompt: 'In between.' } })).body.error.message).toContain('Pause the campaign first');
  const { campaigns } = api.database;
  const [prepared] = await campaigns.nextItems(id, 1);
  await verb(id, 'pause');
  expect(await edit(id, 1, { input: { prompt: 'After the pause.' } })).toMatchObject({ status: 200 });
  await verb(id, 'resume');
  const [next] = await campaigns.nextItems(id, 1);
  expect(next).toMatchObject({ input: { prompt: 'After the pause.' } });
  expect(next?.tries).not.toBe(prepared?.tries);
});

test('what is wrong with an edit is said as at the creation, and nothing changes', async () => {
  const id = await make(1, { start: false });
  const wrong: readonly [object, number, string, string | null][] = [
    [{}, 400, 'invalid_value', ''],
    [{ input: { prompt: '' } }, 400, 'invalid_value', 'input.prompt'],
    [{ input: { colour: 'red' } }, 400, 'unknown_parameter', 'input.colour'],
    [{ output: { n: 0 } }, 400, 'invalid_value', 'output.n'],
    [{ params: { temperature: 1 } }, 400, 'unknown_parameter', 'params'],
    [{ key: 'other' }, 400, 'unknown_parameter', 'key'],
    [{ input: { images: [{ asset_id: 'asset_0' }] } }, 404, 'not_found', 'input.images[0].asset_id'],
    [{ model: 'no-such-model' }, 404, 'model_not_found', 'model'],
  ];
  for (const [body, status, code, param] of wrong) {
    const answer = await edit(id, 1, body);
    expect([body, answer.status, answer.body.error.code, answer.body.error.param]).toEqual([body, status, code, param]);
  }
  expect((await item(id, 1)).body).toMatchObject({ input: { prompt: 'Image 1' }, cost: { estimated: '0.02' } });
  expect([(await item(id, 2)).status, (await edit(id, 0, { model: 'image-test' })).status]).toEqual([404, 404]);
});

test('an item is out of reach for another team, and within reach of the admin key', async () => {
  const id = await make(1, { start: false });
  const change = { input: { prompt: 'Not theirs.' } };
  expect((await edit(id, 1, change, { key: KEYS.other })).status).toBe(404);
  expect((await edit(id, 1, change, { key: ADMIN_KEY })).status).toBe(200);
});

test('two edits of one item at once leave one of them, whole, and the estimate is that of what is there', async () => {
  const id = await make(1, { start: false });
  const answers = await Promise.all([edit(id, 1, { output: { n: 2 } }), edit(id, 1, { output: { n: 4 } })]);
  expect(answers.map(({ status }) => status).filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
  expect(await estimated(id)).toBe((await item(id, 1)).body.cost.estimated);
});
