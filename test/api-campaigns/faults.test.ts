import { once } from 'node:events';
import { connect } from 'node:net';
import { KEYS, useApi } from '../api/support/api';
import { campaignOf, ITEM, itemsOf, post, postForm } from './support/campaigns';

const api = useApi();
const defaults = { type: 'image', model: 'image-test' };
const good = { input: { prompt: 'x' } };
const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);

/** The only fault of a campaign whose second item is `bad`. */
async function faultOf(bad: unknown, key?: string): Promise<any> {
  const answer = await api.call('POST', '/v1/campaigns', {
    body: { defaults, items: [good, bad, good] },
    ...(key === undefined ? {} : { key }),
  });
  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect(answer.body.error.message).toMatch(/^1 of 3 items is not valid, so nothing was stored\./);
  expect(answer.body.error.details).toHaveLength(1);
  return answer.body.error.details[0];
}

test.each([
  ['that is a number', 7, null, null],
  ['that is a list', [good], null, null],
  ['that is null', null, null, null],
  ['with an unknown parameter', { ...good, sparkle: true }, '2', 'sparkle'],
  ['with a callback of its own', { ...good, callback_url: 'https://example.com/' }, '2', 'callback_url'],
  ['with a priority', { ...good, priority: 'high' }, '2', 'priority'],
  ['with an empty key', { ...good, key: '' }, '', 'key'],
  ['with a key of 256 characters', { ...good, key: 'k'.repeat(256) }, 'k'.repeat(255), 'key'],
  ['with a key that is a number', { ...good, key: 7 }, null, 'key'],
  ['with the position of an earlier item as its key', { ...good, key: '1' }, '1', 'key'],
  ['without a prompt', { key: 'sku' }, 'sku', 'input'],
  ['of an unknown type', { ...good, type: 'sound' }, '2', 'type'],
  ['of an unknown model', { ...good, model: 'image-tset' }, '2', 'model'],
  ['of a model of another type', { ...good, model: 'video-test' }, '2', 'model'],
  ['with a size the model does not offer', { ...good, output: { size: '640x480' } }, '2', 'output.size'],
  ['with too many images', { ...good, output: { n: 5 } }, '2', 'output.n'],
  ['with a budget below its price', { ...good, budget: { max_cost_usd: '0.01' } }, '2', 'budget.max_cost_usd'],
  ['with a private URL', { input: { prompt: 'x', images: [{ url: 'https://10.0.0.1/x' }] } }, '2', 'input.images[0].url'],
  ['with an unknown asset', { input: { prompt: 'x', images: [{ asset_id: 'asset_0' }] } }, '2', 'input.images[0].asset_id'],
  ['with data that is no image', { input: { prompt: 'x', images: [{ data: 'AAAABBBB' }] } }, '2', 'input.images[0].data'],
  ['with broken base64', { input: { prompt: 'x', images: [{ data: 'A' }] } }, '2', 'input.images[0].data'],
  [
    'with more images than the model takes',
    { input: { prompt: 'x', images: [{ asset_id: 'a' }, { asset_id: 'b' }] } },
    '2',
    'input.images',
  ],
  ['that is nested too deep', { ...good, metadata: deep }, '2', null],
  ['with a parameter at the wrong place', { input: { prompt: 'x', size: '512x512' } }, '2', 'input.size'],
  ['of text with an output', { type: 'text', model: 'gpt-test', input: { prompt: 'x' }, output: {} }, '2', 'output'],
])('an item %s refuses the campaign and is named', async (_what, bad, key, param) => {
  const before = await api.call('GET', '/v1/campaigns?limit=1');

  const fault = await faultOf(bad);

  expect([fault.index, fault.key, fault.param]).toEqual([2, key, param]);
  expect(fault.message.length).toBeGreaterThan(10);
  expect((await api.call('GET', '/v1/campaigns?limit=1')).body.first_id).toBe(before.body.first_id);
});

test('an item of a model that the key may not use is named', async () => {
  const answer = await api.call('POST', '/v1/campaigns', {
    body: { items: [ITEM, { type: 'video', model: 'video-test', input: { prompt: 'x' } }] },
    key: KEYS.poor,
  });

  expect(answer.body.error.details).toMatchObject([{ index: 2, param: 'model' }]);
});

test('the later of two items with one key is at fault, also when its key is its position', async () => {
  const answer = await post(api, {
    defaults,
    items: [
      { ...good, key: '3' },
      { ...good, key: 'a' },
      good,
      { ...good, key: 'a' },
      { ...good, external_id: 'e' },
      { ...good, external_id: 'e' },
    ],
  });

  const { details, message } = answer.body.error;
  expect(details.map((fault: any) => [fault.index, fault.key, fault.param])).toEqual([
    [3, '3', 'key'],
    [4, 'a', 'key'],
    [6, '6', 'external_id'],
  ]);
  expect(message).toMatch(/^3 of 6 items are not valid/);
});

test('lines that are no JSON objects are at fault at their positions, blank lines and CRLF apart', async () => {
  const items = ['', JSON.stringify(good), 'nonsense', '', '[1]', JSON.stringify(good), '{"key":"z"', ''].join('\r\n');

  const answer = await postForm(api, { campaign: JSON.stringify({ defaults }), items: new File([items], 'items.jsonl') });

  expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_campaign_items']);
  expect(answer.body.error.details).toEqual([
    { index: 2, key: null, param: null, message: expect.any(String) },
    { index: 3, key: null, param: null, message: expect.any(String) },
    { index: 5, key: null, param: null, message: expect.any(String) },
  ]);
});

test('the first hundred faults are listed and all are counted', async () => {
  const items = Array.from({ length: 250 }, (_, index) => (index % 2 === 0 ? { output: {} } : good));

  const answer = await post(api, { defaults, items });

  const { details, message } = answer.body.error;
  expect(details).toHaveLength(100);
  expect(details.at(-1).index).toBe(199);
  expect(message).toMatch(/^125 of 250 items are not valid.*the first 100\. /);
});

test('a refused campaign leaves no image behind', async () => {
  const sharp = (await import('sharp')).default;
  const data = (
    await sharp({ create: { width: 9, height: 9, channels: 3, background: '#00f' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const withImage = { input: { prompt: 'x', images: [{ data }] } };
  const before = await countAssets();

  const answer = await post(api, { defaults, items: [withImage, { output: {} }] });

  expect(answer.status).toBe(400);
  expect(await countAssets()).toBe(before);
});

async function countAssets(): Promise<number> {
  const [row] = await api.database.query<{ count: number }>('select count(*)::int as count from assets', []);
  return row?.count ?? -1;
}

test('a URL of one host is looked up once, odd ones are all checked', async () => {
  const images = (url: string) => ({ input: { prompt: 'x', images: [{ url }] } });
  const answer = await post(api, {
    defaults,
    items: [
      images('https://10.0.0.1/a'),
      images('https://10.0.0.1/b'),
      images('https://example.com\\@10.0.0.1/'),
      images('ftp://example.com/'),
    ],
  });

  const { details } = answer.body.error;
  expect(details.map((fault: any) => fault.index)).toEqual([1, 2, 3, 4]);
  expect(details[1].message).toBe(details[0].message);
});

test.each([
  ['a form', 'multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="items"; filename="i"\r\n\r\n{"input":'],
  ['JSON', 'application/json', '{"items":[{"input":{"prompt":"x"}},{"inp'],
])('a client that goes away in the middle of %s leaves nothing and harms nobody', async (_what, type, part) => {
  const before = await api.call('GET', '/v1/campaigns?limit=1');
  for (let round = 0; round < 3; round += 1) await sendHalf(type, part);

  const after = await api.call('GET', '/v1/campaigns?limit=1');
  expect([after.status, after.body.first_id]).toEqual([200, before.body.first_id]);
});

/** Sends the head and a part of a body, and closes the connection once the api has read it. */
async function sendHalf(type: string, part: string): Promise<void> {
  const { hostname, port } = new URL(api.origin);
  const socket = connect(Number(port), hostname);
  const head = [
    'POST /v1/campaigns HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${KEYS.site}`,
    `Content-Type: ${type}`,
    'Content-Length: 9999',
  ];
  await new Promise<void>((resolve) => socket.write(`${head.join('\r\n')}\r\nExpect: 100-continue\r\n\r\n`, () => resolve()));
  await once(socket, 'data');
  await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  socket.destroy();
  await once(socket, 'close');
}

test('a default that is wrong is a fault of the items that take it', async () => {
  const answer = await post(api, { ...campaignOf(2), defaults: { ...defaults, output: { size: '1x' } } });

  expect(answer.body.error.details.map((fault: any) => [fault.index, fault.key, fault.param])).toEqual([
    [1, 'sku-1', 'output.size'],
    [2, 'sku-2', 'output.size'],
  ]);
});

test('an item of text keeps its parameters', async () => {
  const { body } = await post(api, {
    defaults: { type: 'text', model: 'gpt-test', params: { temperature: 0 } },
    items: [{ input: { prompt: 'Hello' }, params: { max_completion_tokens: 5 } }],
  });

  const [item] = await api.database.campaigns.nextItems(body.id, 1);
  expect(item).toMatchObject({
    type: 'text',
    input: { operation: 'chat', messages: [{ role: 'user', content: 'Hello' }], params: { temperature: 0, max_completion_tokens: 5 } },
  });
  expect(await itemsOf(api, body.id)).toHaveLength(1);
});
