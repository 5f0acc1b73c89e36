import { useApi } from '../api/support/api';
import { campaignOf, itemsOf, post, postForm } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();
const defaults = { type: 'image', model: 'image-test' };

const estimate = (body: unknown, query = '') => api.call('POST', `/v1/campaigns/estimate${query}`, { body });

test('a matrix makes every item once for each combination', async () => {
  const { status, body } = await post(api, {
    defaults,
    items: [{ key: 'sku-1', input: { prompt: 'x' }, output: { n: 1 } }, { input: { prompt: 'y' } }],
    matrix: { 'metadata.mood': ['calm', 'bold'], 'output.seed': [1, 2, 3] },
  });

  expect([status, body.counts.total]).toEqual([202, 12]);
  expect((await itemsOf(api, body.id)).map(({ key }) => key)).toEqual([
    ...['calm', 'bold'].flatMap((mood) => [1, 2, 3].map((seed) => `sku-1/${mood}/${seed}`)),
    ...['calm', 'bold'].flatMap((mood) => [1, 2, 3].map((seed) => `2/${mood}/${seed}`)),
  ]);
  const [, second] = await api.database.campaigns.nextItems(body.id, 2);
  expect(second).toMatchObject({ metadata: { mood: 'calm' }, input: { prompt: 'x', output: { n: 1, seed: 2 } } });
});

test.each([
  ['a name that is no parameter', { matrix: { 'output..seed': [1] } }, 'invalid_value'],
  ['no values', { matrix: { 'output.seed': [] } }, 'invalid_value'],
  [
    'too many combinations',
    {
      matrix: { 'output.seed': Array.from({ length: 400 }, (_, at) => at), 'metadata.a': Array.from({ length: 400 }, (_, at) => `${at}`) },
    },
    'request_too_large',
  ],
  ['a parameter that items have not', { matrix: { 'output.sparkle': [1] } }, 'invalid_campaign_items'],
])('a matrix with %s is refused', async (_what, more, code) => {
  const answer = await post(api, campaignOf(1, more));

  expect(answer.body.error.code).toBe(code);
});

test('an estimate prices the valid items and lists the faults; nothing is stored', async () => {
  const before = await api.call('GET', '/v1/campaigns?limit=1');
  const bad = { key: 'bad', input: { prompt: 'x' }, output: { n: 9 } };
  const { status, body } = await estimate({
    defaults,
    items: [{ input: { prompt: 'x' } }, bad, { input: { prompt: 'y' }, output: { n: 2 } }],
  });

  expect(status).toBe(200);
  expect(body).toEqual({
    object: 'campaign.estimate',
    total: 3,
    valid: 2,
    invalid: 1,
    cost: { currency: 'USD', estimated: '0.06' },
    duration_s: null,
    faults_total: 1,
    faults: [{ index: 2, key: 'bad', param: 'output.n', message: expect.any(String) }],
    preview: [
      {
        index: 1,
        key: '1',
        type: 'image',
        model: 'image-test',
        template: null,
        input: { prompt: 'x', negative_prompt: null, images: [], video: null },
        output: expect.any(Object),
        cost: { currency: 'USD', estimated: '0.02' },
      },
      expect.objectContaining({ index: 3, input: expect.objectContaining({ prompt: 'y' }), output: expect.objectContaining({ n: 2 }) }),
    ],
  });
  expect((await api.call('GET', '/v1/campaigns?limit=1')).body.first_id).toBe(before.body.first_id);
});

test('faults beyond the first hundred come as CSV', async () => {
  const items = Array.from({ length: 150 }, (_, at) => `=k${at},x,0`).join('\n');
  const parts = { campaign: JSON.stringify({ defaults }), items: new File([`external_id,input.prompt,output.n\n${items}\n`], 'a.csv') };
  const listed = await postForm(api, parts, {}, '/v1/campaigns/estimate');
  const file = await postForm(api, parts, {}, '/v1/campaigns/estimate?format=csv');

  expect([listed.body.invalid, listed.body.faults_total, listed.body.faults.length]).toEqual([150, 300, 100]);
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const lines = file.text.split('\r\n');
  expect(lines).toHaveLength(302);
  expect(lines[0]).toBe('index,key,line,column,param,message');
  expect(lines[1]).toMatch(/^1,1,2,external_id,external_id,"The cell holds the formula/);
});

test('the time that models took of late gives the duration', async () => {
  const { body } = await post(api, campaignOf(1));
  await startItems(api, body.id, 1);
  await api.database.query(`update tasks set started_at = now() - interval '8 seconds' where campaign_id = $1`, [body.id]);
  await endItem(api, body.id, 1, 'succeeded');

  const answer = await estimate(campaignOf(10, { concurrency: 4 }));

  expect(answer.body.duration_s).toBeGreaterThanOrEqual(20);
  expect(answer.body.duration_s).toBeLessThan(60);
});

describe('a trial', () => {
  test('runs the first items, then the campaign is paused until it is resumed', async () => {
    const { body } = await post(api, campaignOf(3, { trial: 2 }));
    await startItems(api, body.id, 3);
    const during = await api.call('GET', `/v1/campaigns/${body.id}`);
    await endItem(api, body.id, 1, 'succeeded');
    await endItem(api, body.id, 2, 'failed');
    const after = await api.call('GET', `/v1/campaigns/${body.id}`);
    const retried = await api.call('POST', `/v1/campaigns/${body.id}/retry`, { body: { items: 'failed' } });
    const next = await api.database.campaigns.nextItems(body.id, 3);
    await startItems(api, body.id, 3);
    await endItem(api, body.id, 2, 'succeeded');
    const again = await api.call('GET', `/v1/campaigns/${body.id}`);
    const resumed = await api.call('POST', `/v1/campaigns/${body.id}/resume`);

    expect([during.body.status, during.body.counts.running, during.body.counts.queued, during.body.trial]).toEqual(['running', 2, 1, 2]);
    expect([after.body.status, after.body.status_reason, after.body.counts.queued]).toEqual(['paused', 'trial', 1]);
    expect([retried.body.status, next.map(({ index }) => index)]).toEqual(['running', [2]]);
    expect([again.body.status, again.body.status_reason]).toEqual(['paused', 'trial']);
    expect([resumed.body.status, resumed.body.status_reason]).toEqual(['running', null]);
    expect((await api.database.campaigns.nextItems(body.id, 3)).map(({ index }) => index)).toEqual([3]);
  });

  test('of all items is the whole campaign', async () => {
    const { body } = await post(api, campaignOf(1, { trial: 5 }));
    await startItems(api, body.id, 1);
    await endItem(api, body.id, 1, 'succeeded');

    expect((await api.call('GET', `/v1/campaigns/${body.id}`)).body.status).toBe('completed');
  });
});
