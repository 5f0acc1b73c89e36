import { useApi } from '../api/support/api';
import { postForm } from './support/campaigns';

const api = useApi();

beforeAll(async () => {
  const made = await api.call('POST', '/v1/templates', {
    body: {
      name: 'product-shot',
      type: 'image',
      inputs: {
        product: { type: 'string', required: true, max_length: 20 },
        mood: { type: 'enum', values: ['calm', 'bold'], default: 'calm' },
        count: { type: 'integer', default: 1 },
      },
      model: 'image-test',
      prompt: 'A {{product}}, {{mood}} light, {{count}}',
      overridable: ['output.seed'],
    },
  });
  const published = await api.call('POST', '/v1/templates/product-shot/publish', { body: { version: 1 } });
  expect([made.status, published.status]).toEqual([201, 200]);
});

const send = (file: string, more: object = {}) =>
  postForm(api, { items: new File([file], 'items.csv'), campaign: JSON.stringify({ defaults: { template: 'product-shot' }, ...more }) });

test('columns are named after the inputs of the template, or mapped to them', async () => {
  const { status, body } = await send('key,Title,mood,count,output.seed\na,{{mood}} kettle,bold,3,7\nb,"a ""pan""",,,\n', {
    mapping: { Title: 'inputs.product' },
  });

  expect(status).toBe(202);
  const items = (await api.database.campaigns.nextItems(body.id, 10)) as readonly any[];
  expect(items.map(({ input }) => input.prompt)).toEqual(['A {{mood}} kettle, bold light, 3', 'A a "pan", calm light, 1']);
  expect(items[0].input.output.seed).toBe(7);
});

test('inputs that do not fit are named with their cells', async () => {
  const { status, body } = await send('product,mood,count\n,bold,1\nkettle,sad,1\nkettle,calm,many\n');
  const unknown = await send('produkt\nkettle\n');

  expect([status, body.error.details.map(({ line, column, param }: any) => [line, column, param])]).toEqual([
    400,
    [
      [2, 'product', 'inputs.product'],
      [3, 'mood', 'inputs.mood'],
      [4, 'count', 'inputs.count'],
    ],
  ]);
  expect(unknown.body.error.details[0].message).toContain('Did you mean product?');
});
