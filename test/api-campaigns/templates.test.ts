import { useApi } from '../api/support/api';
import { publishedTemplate, SHOT } from '../api/support/templates';
import { post } from './support/campaigns';

const api = useApi();

test('items and defaults use a template; the version is the one of when the campaign was made', async () => {
  const name = await publishedTemplate(api);
  const { status, body } = await post(api, {
    defaults: { template: name, inputs: { mood: 'bold' } },
    items: [
      { key: 'a', inputs: { product: 'mug' } },
      { key: 'b', inputs: { product: 'cup', mood: 'calm' }, output: { seed: 3 } },
    ],
    start: false,
  });
  expect([status, body.cost.estimated]).toEqual([202, '0.04']);

  await api.call('POST', `/v1/templates/${name}/versions`, { body: { ...SHOT, prompt: 'Edited {{product}} {{mood}}' } });
  await api.call('POST', `/v1/templates/${name}/publish`);
  await api.call('POST', `/v1/campaigns/${body.id}/start`);

  const items = await api.database.campaigns.nextItems(body.id, 2);
  expect(items).toMatchObject([
    { template: { name, version: 1 }, input: { prompt: 'A mug, bold light', output: { size: '512x512' } } },
    { template: { name, version: 1 }, input: { prompt: 'A cup, calm light', output: { size: '512x512', seed: 3 } } },
  ]);
});

test('every item at fault is told with its input, and nothing is stored', async () => {
  const name = await publishedTemplate(api);
  const { status, body } = await post(api, {
    defaults: { template: name },
    items: [
      { inputs: { product: 'mug' } },
      { inputs: {} },
      { inputs: { product: 'mug', mood: 'loud' } },
      { inputs: { product: 'mug' }, output: { n: 2 } },
    ],
  });

  expect([status, body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect(body.error.details).toMatchObject([
    { index: 2, param: 'inputs.product' },
    { index: 3, param: 'inputs.mood' },
    { index: 4, param: 'output.n' },
  ]);
});
