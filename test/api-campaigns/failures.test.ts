import { useApi } from '../api/support/api';
import { campaignOf, itemsOf, post } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();

/** Six items: three failed with one code, one with another, one succeeded, one is queued. */
async function aMixedCampaign(): Promise<string> {
  const id = (await post(api, campaignOf(6))).body.id as string;
  await startItems(api, id, 5);
  for (const [index, code] of [
    [1, 'provider_timeout'],
    [2, 'content_policy_violation'],
    [3, 'provider_timeout'],
    [4, 'provider_timeout'],
  ] as const) {
    await endItem(api, id, index, 'failed', { code, retryable: code === 'provider_timeout' });
  }
  await endItem(api, id, 5, 'succeeded');
  return id;
}

test('failures are told by their code, the most frequent first, and one of them can be tried again', async () => {
  const id = await aMixedCampaign();
  const { status, body } = await api.call('GET', `/v1/campaigns/${id}/failures`);
  expect([status, body.object, body.has_more]).toEqual([200, 'list', false]);
  expect(body.data).toEqual([
    { error_code: 'provider_timeout', cause: 'provider', count: 3, sample_keys: ['sku-1', 'sku-3', 'sku-4'], retryable: true },
    { error_code: 'content_policy_violation', cause: 'caller', count: 1, sample_keys: ['sku-2'], retryable: false },
  ]);

  const retried = await api.call('POST', `/v1/campaigns/${id}/retry`, { body: { error_code: 'provider_timeout' } });
  expect([retried.status, retried.body.counts.queued, retried.body.counts.failed]).toEqual([200, 4, 1]);
  const both = await api.call('POST', `/v1/campaigns/${id}/retry`, { body: { error_code: 'internal', items: 'failed' } });
  expect([both.status, both.body.error.param]).toEqual([400, 'items']);
  expect(both.body.error.message).toContain('Give either items or error_code.');
});

test('items are found by code, by a part of their key and from a position on, with what they cost', async () => {
  const id = await aMixedCampaign();
  const keys = async (query: string): Promise<readonly string[]> =>
    (await api.call('GET', `/v1/campaigns/${id}/items?${query}`)).body.data.map(({ key }: { readonly key: string }) => key);
  expect(await keys('error_code=provider_timeout')).toEqual(['sku-1', 'sku-3', 'sku-4']);
  expect(await keys('error_code=provider_timeout&from_index=3')).toEqual(['sku-3', 'sku-4']);
  expect(await keys('q=KU-5')).toEqual(['sku-5']);
  expect(await keys('q=%25')).toEqual([]);
  expect(await keys('from_index=5&status=queued')).toEqual(['sku-6']);
  expect(await keys('from_index=2&limit=2')).toEqual(['sku-2', 'sku-3']);
  const items = await itemsOf(api, id);
  expect(items[4].cost).toEqual({ currency: 'USD', estimated: '0.02', actual: expect.any(String) });
  expect(items[5].cost).toEqual({ currency: 'USD', estimated: '0.02', actual: null });
  expect(items[5].thumbnail_url).toBeNull();
});

test('a running campaign tells how fast its items end and when it will be done', async () => {
  const id = await aMixedCampaign();
  const running = (await api.call('GET', `/v1/campaigns/${id}`)).body;
  expect(running.rate_per_minute).toBeGreaterThan(0);
  expect(running.eta_s).toBeGreaterThanOrEqual(0);
  await api.call('POST', `/v1/campaigns/${id}/pause`);
  expect((await api.call('GET', `/v1/campaigns/${id}`)).body).not.toHaveProperty('eta_s');
});
