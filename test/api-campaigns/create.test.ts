import sharp from 'sharp';
import type { MediaInput } from '../../domain/task/generation';
import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';
import { campaignOf, ITEM, itemsOf, post, postForm } from './support/campaigns';

const api = useApi();
const defaults = { type: 'image', model: 'image-test' };

test('a campaign is answered as the contract says, and its workflow is woken', async () => {
  const answer = await post(api, {
    name: 'spring',
    defaults: { ...defaults, output: { size: '512x512' } },
    items: [
      { key: 'sku-1', input: { prompt: 'One' }, output: { seed: 1 } },
      { input: { prompt: 'Two' }, output: { n: 2 } },
    ],
    concurrency: 4,
    budget: { max_cost_usd: '5' },
    metadata: { k: 'v' },
  });

  expect(answer.status).toBe(202);
  const { id, created_at: createdAt, started_at: startedAt } = answer.body;
  const self = `${api.origin}/v1/campaigns/${id}`;
  expect(answer.body).toEqual({
    id: expect.stringMatching(/^camp_[0-9a-f]{32}$/),
    object: 'campaign',
    name: 'spring',
    status: 'running',
    status_reason: null,
    created_at: new Date(createdAt).toISOString(),
    started_at: new Date(startedAt).toISOString(),
    finished_at: null,
    counts: { total: 2, queued: 2, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
    progress: 0,
    concurrency: 4,
    cost: { currency: 'USD', estimated: '0.06', reserved: '0', actual: '0' },
    budget: { max_cost_usd: '5' },
    callback_url: null,
    metadata: { k: 'v' },
    links: { self, items: `${self}/items`, events: `${self}/events` },
  });
  expect(answer.headers.get('location')).toBe(self);
  expect(api.woken).toContain(id);
  const items = await itemsOf(api, id);
  const queued = { status: 'queued', task_id: null, error: null, outputs: [], missing_outputs: [], thumbnail_url: null };
  const cost = (estimated: string) => ({ currency: 'USD', estimated, actual: null });
  expect(items).toEqual([
    { key: 'sku-1', index: 1, ...queued, cost: cost('0.02') },
    { key: '2', index: 2, ...queued, cost: cost('0.04') },
  ]);
});

test('defaults are merged under items, objects key by key', async () => {
  const { body } = await post(api, {
    defaults: { ...defaults, output: { size: '512x512', seed: 1 }, metadata: { a: '1', b: '1' } },
    items: [{ input: { prompt: 'x' }, output: { seed: 2 }, metadata: { b: '2' } }],
  });

  const [item] = await api.database.campaigns.nextItems(body.id, 1);
  expect(item).toMatchObject({ input: { output: { size: '512x512', seed: 2 } }, metadata: { a: '1', b: '2' }, boundMicroUsd: 20_000n });
});

test('a draft waits to be started', async () => {
  const { body } = await post(api, campaignOf(1, { start: false }));
  const started = await api.call('POST', `/v1/campaigns/${body.id}/start`);

  expect([body.status, body.started_at]).toEqual(['draft', null]);
  expect([started.status, started.body.status]).toEqual([200, 'running']);
});

const line = (item: object) => JSON.stringify(item);

test.each([
  ['fields', (text: string) => text],
  ['files', (text: string) => new File([text], 'part.jsonl')],
])('a form of %s is the same campaign, with CRLF, blank lines and a byte order mark', async (_what, part) => {
  const items = ['\uFEFF' + line({ input: { prompt: 'One' } }), '', line({ key: 'b', input: { prompt: 'Zwei – ß 🦊' } }), '   ', ''].join(
    '\r\n',
  );

  const answer = await postForm(api, { items: part(items), campaign: part(line({ name: 'form', defaults, concurrency: 2 })) });

  expect([answer.status, answer.body.name, answer.body.concurrency, answer.body.counts.total]).toEqual([202, 'form', 2, 2]);
  expect((await itemsOf(api, answer.body.id)).map(({ key, index }) => [key, index])).toEqual([
    ['1', 1],
    ['b', 2],
  ]);
  const [, second] = await api.database.campaigns.nextItems(answer.body.id, 2);
  expect(second).toMatchObject({ input: { prompt: 'Zwei – ß 🦊' } });
});

test('pretty-printed JSON with brackets and escapes in its texts is taken apart rightly', async () => {
  const prompt = 'a "quoted" \\ [bracket} ,\n"items": [';
  const text = JSON.stringify(
    { name: '"items": [', defaults, items: [{ key: '[1,2]', input: { prompt } }, { input: { prompt } }] },
    null,
    2,
  );

  const answer = await post(api, text);

  expect([answer.status, answer.body.name]).toEqual([202, '"items": [']);
  const items = await api.database.campaigns.nextItems(answer.body.id, 2);
  expect(items.map((item) => [item.key, (item.input as { prompt: string }).prompt])).toEqual([
    ['[1,2]', prompt],
    ['2', prompt],
  ]);
});

test('images that come as data are assets once the campaign is stored, own assets are looked up', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  const { body } = await post(api, {
    defaults,
    items: [{ input: { prompt: 'x', images: [{ data: png.toString('base64') }] } }],
  });
  const [first] = await api.database.campaigns.nextItems(body.id, 1);
  const { source } = (first!.input as MediaInput).images[0]!;
  const { assetId } = source as { assetId: string };
  const again = await post(api, { defaults, items: [{ input: { prompt: 'x', images: [{ asset_id: assetId }] } }] });

  expect(await api.database.assets.get(assetId, null)).toMatchObject({ width: 8, contentType: 'image/png' });
  expect(again.status).toBe(202);
});

describe('idempotency', () => {
  test('a repeat is the same campaign as it is now, however it is written', async () => {
    const headers = { 'idempotency-key': 'camp-1' };
    const items = [{ key: 'a', input: { prompt: 'x' } }, { input: { prompt: 'y' } }];
    const first = await post(api, { name: 'n', defaults, items }, headers);
    const again = await post(api, JSON.stringify({ items, defaults: { model: 'image-test', type: 'image' }, name: 'n' }, null, 1), headers);
    const form = await postForm(api, { campaign: line({ name: 'n', defaults }), items: items.map(line).join('\n') }, headers);
    const other = await post(api, { name: 'n', defaults, items: [...items, { input: { prompt: 'z' } }] }, headers);

    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([202, null]);
    expect([again.status, again.body.id, again.headers.get('idempotent-replayed')]).toEqual([202, first.body.id, 'true']);
    expect([form.status, form.body.id]).toEqual([202, first.body.id]);
    expect([other.status, other.body.error.code, other.headers.get('x-should-retry')]).toEqual([422, 'idempotency_key_reuse', 'false']);
    expect(other.body.error.details).toEqual({ campaign_id: first.body.id });
  });

  test('two at the same moment make one campaign', async () => {
    const headers = { 'idempotency-key': 'camp-2' };
    const answers = await Promise.all([1, 2, 3].map(() => post(api, campaignOf(50), headers)));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });
});

test.each([
  ['an unknown field', campaignOf(1, { priority: 'low' }), 'unknown_parameter', 'priority'],
  ['no items', { defaults }, 'missing_required_parameter', 'items'],
  ['an empty list of items', { defaults, items: [] }, 'invalid_value', 'items'],
  ['items that are no list', { defaults, items: {} }, 'invalid_type', 'items'],
  ['too much concurrency', campaignOf(1, { concurrency: 501 }), 'invalid_value', 'concurrency'],
  ['no concurrency', campaignOf(1, { concurrency: 0 }), 'invalid_value', 'concurrency'],
  ['a budget that is a number', campaignOf(1, { budget: { max_cost_usd: 5 } }), 'invalid_type', 'budget.max_cost_usd'],
  ['a private callback', campaignOf(1, { callback_url: 'https://10.0.0.1/' }), 'invalid_url', 'callback_url'],
  ['a default that belongs to one item', campaignOf(1, { defaults: { ...defaults, key: 'k' } }), 'unknown_parameter', 'defaults.key'],
  ['a callback among the defaults', campaignOf(1, { defaults: { callback_url: 'x' } }), 'unknown_parameter', 'defaults.callback_url'],
  ['metadata that is no text', campaignOf(1, { metadata: { k: 1 } }), 'invalid_type', 'metadata.k'],
  ['a list as the body', '[1]', 'invalid_json', null],
  ['half a body', '{"items":[{"key":"a"}', 'invalid_json', null],
  ['an item that is no JSON', '{"items":[{"key":a}]}', 'invalid_json', null],
  ['a comma too many', '{"items":[{},,{}]}', 'invalid_json', null],
  ['items twice', '{"items":[{}],"items":[{}]}', 'invalid_json', 'items'],
  ['an empty body', '', 'invalid_json', null],
])('a campaign with %s is refused by name, and nothing is stored', async (_what, body, code, param) => {
  const before = await api.call('GET', '/v1/campaigns?limit=1');

  const answer = await post(api, body);

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, code, param]);
  expect((await api.call('GET', '/v1/campaigns?limit=1')).body.first_id).toBe(before.body.first_id);
});

test.each([
  ['no items', { campaign: '{}' }, 'missing_required_parameter', 'items'],
  ['no campaign', { items: line(ITEM) }, 'missing_required_parameter', 'campaign'],
  ['a further part', { campaign: '{}', items: line(ITEM), more: 'x' }, 'unknown_parameter', 'more'],
  ['a campaign that is no JSON', { campaign: '{', items: line(ITEM) }, 'invalid_json', 'campaign'],
  ['items in the campaign as well', { campaign: line({ items: [ITEM] }), items: line(ITEM) }, 'invalid_value', 'items'],
  ['nothing but blank lines', { campaign: '{}', items: '\n\r\n' }, 'invalid_value', 'items'],
])('a form with %s is refused by name', async (_what, parts, code, param) => {
  const answer = await postForm(api, parts);

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, code, param]);
});

test('strangers, the admin key and other content types are refused', async () => {
  const stranger = await api.call('POST', '/v1/campaigns', { body: campaignOf(1), key: 'sk-unknown' });
  const admin = await api.call('POST', '/v1/campaigns', { body: campaignOf(1), key: ADMIN_KEY });
  const text = await api.call('POST', '/v1/campaigns', { body: 'x', headers: { 'content-type': 'text/plain' } });

  expect([stranger.status, admin.status, text.status]).toEqual([401, 403, 415]);
  expect((await api.call('POST', '/v1/campaigns', { body: campaignOf(1), key: KEYS.other })).status).toBe(202);
});
