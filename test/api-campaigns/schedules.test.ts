import { KEYS, useApi } from '../api/support/api';
import { campaignOf, post } from './support/campaigns';

const api = useApi();

const MONDAYS = { cron: '0 9 * * 1', time_zone: 'UTC' };

/** A schedule with that name. */
async function schedule(name: string | null): Promise<string> {
  const { status, body } = await post(api, campaignOf(1, { schedule: MONDAYS, ...(name === null ? {} : { name }) }));
  expect(status).toBe(201);
  return body.id as string;
}

const found = async (query: string): Promise<readonly string[]> =>
  (await api.call('GET', `/v1/schedules?${query}`)).body.data.map(({ id }: { id: string }) => id);

test('schedules are found by words of their name in any case, by their id, and page by page', async () => {
  const first = await schedule('Spring tins');
  const cups = await schedule('Cups_100%');
  const second = await schedule('More SPRING tins');
  const unnamed = await schedule(null);

  expect(await found('')).toEqual([unnamed, second, cups, first]);
  expect(await found('q=spring')).toEqual([second, first]);
  expect(await found(`q=${unnamed.slice(-8).toUpperCase()}`)).toEqual([unnamed]);
  expect(await found('q=100%25')).toEqual([cups]);
  // Nothing in it is a pattern.
  expect(await found('q=%25')).toEqual([cups]);
  expect(await found('q=winter')).toEqual([]);
  const { body: page } = await api.call('GET', '/v1/schedules?q=spring&limit=1');
  expect([page.data[0].id, page.has_more]).toEqual([second, true]);
  expect(await found(`q=spring&limit=1&after=${second}`)).toEqual([first]);
  const others = await api.call('GET', '/v1/schedules?q=spring', { key: KEYS.other });
  expect(others.body.data).toEqual([]);
});

test.each([['q='], [`q=${'x'.repeat(256)}`]])('words that cannot be searched for are refused: %.12s', async (query) => {
  const { status, body } = await api.call('GET', `/v1/schedules?${query}`);

  expect([status, body.error.param]).toEqual([400, 'q']);
});
