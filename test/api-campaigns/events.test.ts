import { useApi } from '../api/support/api';
import { readEvents, type ServerEvent } from '../api/support/events';
import { eventually } from '../support/eventually';
import { campaignOf, post } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();

async function make(count: number, more: object = {}): Promise<string> {
  return (await post(api, campaignOf(count, more))).body.id;
}

const verb = (id: string, name: string) => api.call('POST', `/v1/campaigns/${id}/${name}`);
const follow = (id: string, options: Parameters<typeof readEvents>[1] = {}) =>
  readEvents(`${api.origin}/v1/campaigns/${id}/events`, options);

test('the events tell the counts as items end, with rising ids, at most four a second, and end with the campaign', async () => {
  const count = 60;
  const id = await make(count, { concurrency: count });
  await startItems(api, id, count);
  const at: number[] = [];
  const events: ServerEvent[] = [];
  const stream = follow(id, {
    onEvent: (event) => {
      at.push(performance.now());
      events.push(event);
    },
  });
  await eventually(() => events.length > 0, { withinMs: 5_000 });
  for (let index = 1; index <= count; index += 1) {
    await endItem(api, id, index, index % 10 === 0 ? 'failed' : 'succeeded');
  }
  await api.database.campaigns.reconcile(id);
  await stream;

  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['campaign.progress']));
  const ids = events.map((event) => Number(event.id));
  expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
  for (const { data } of events) {
    const { total, ...states } = data.counts as Record<string, number>;
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(total);
  }
  expect(events.at(-1)?.data).toMatchObject({ status: 'completed', progress: 1, counts: { succeeded: 54, failed: 6 } });
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  expect(events.length).toBeGreaterThan(1);
  // Four events span three gaps; a slow machine may bunch two together on the way.
  for (let index = 0; index + 4 < at.length; index += 1) expect((at[index + 4] ?? 0) - (at[index] ?? 0)).toBeGreaterThan(900);
  expect(gaps.length).toBeLessThan(count);
});

test('a client that comes back is told what it has not seen, and 204 when there is nothing more', async () => {
  const id = await make(2);
  await verb(id, 'cancel');
  const all = await follow(id);
  const none = await api.call('GET', `/v1/campaigns/${id}/events`, { headers: { 'last-event-id': all.at(-1)!.id } });
  const again = await follow(id, { headers: { 'last-event-id': '1' } });

  expect(all).toMatchObject([{ event: 'campaign.progress', data: { status: 'cancelled' } }]);
  expect([none.status, none.text]).toEqual([204, '']);
  expect(again.map((event) => event.id)).toEqual([all.at(-1)!.id]);
});

test('a paused campaign is told and followed on', async () => {
  const id = await make(2);
  const statuses: string[] = [];
  const stream = follow(id, { onEvent: ({ data }) => void statuses.push(data.status) });
  await eventually(() => statuses.length > 0, { withinMs: 5_000 });
  await verb(id, 'pause');
  await eventually(() => statuses.includes('paused'), { withinMs: 5_000 });
  await verb(id, 'cancel');
  await stream;

  expect(statuses.at(0)).toBe('running');
  expect(statuses.at(-1)).toBe('cancelled');
});
