import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { callApi } from '../support/call';
import { temporalAddress } from '../support/stack';
import { startCampaignInstallation, type CampaignInstallation } from './support/installation';

let house: CampaignInstallation;
let connection: Connection;
let temporal: TemporalClient;
let sql: Client;

beforeAll(async () => {
  house = await startCampaignInstallation();
  connection = await Connection.connect({ address: temporalAddress() });
  temporal = new TemporalClient({ connection });
  sql = new Client({ connectionString: house.atelier.databaseUrl });
  await sql.connect();
}, 120_000);
afterAll(async () => {
  await sql.end();
  await connection.close();
  await house.stop();
}, 60_000);

const call = (method: string, path: string, body?: unknown) =>
  callApi(`${house.atelier.origin}${path}`, method, { key: house.atelier.keys.production, ...(body === undefined ? {} : { body }) });

const campaign = (schedule: object, more: object = {}) => ({
  name: 'weekly',
  defaults: { type: 'image', model: 'image' },
  items: [{ key: 'a', input: { prompt: 'x' } }],
  schedule,
  ...more,
});

/** A schedule that was made a year ago. */
async function oldSchedule(cron: string, timeZone: string): Promise<string> {
  const { status, body } = await call('POST', '/v1/campaigns', campaign({ cron, time_zone: timeZone }));
  expect(status).toBe(201);
  await sql.query(`update schedules set created_at = created_at - interval '2 years' where id = $1`, [body.id]);
  return body.id as string;
}

/** Lets Temporal fire for all its times in between, as after an outage. */
function fire(id: string, from: string, to: string): Promise<void> {
  return temporal.schedule.getHandle(id).backfill({ start: new Date(from), end: new Date(to), overlap: 'ALLOW_ALL' });
}

/** Names of the campaigns of a schedule once there are so many; they say for which time each was made. */
function firings(id: string, count: number): Promise<readonly string[]> {
  return eventually(
    async () => {
      const { rows } = await sql.query<{ name: string }>('select name from campaigns where schedule_id = $1 order by id', [id]);
      return rows.length >= count ? rows.map(({ name }) => name.replace('weekly ', '')) : undefined;
    },
    { withinMs: 30_000 },
  );
}

/** All firings of Temporal have ended. */
function quiet(id: string): Promise<unknown> {
  return eventually(async () => ((await temporal.schedule.getHandle(id).describe()).info.runningActions.length === 0 ? true : undefined), {
    withinMs: 30_000,
  });
}

test('a schedule makes a campaign at each of its times, once, across a restart; a deleted one makes none', async () => {
  const id = await oldSchedule('0 9 * * 1', 'Asia/Shanghai');
  await fire(id, '2026-11-01T00:00:00Z', '2026-11-17T00:00:00Z');
  expect(await firings(id, 3)).toEqual(['2026-11-02T01:00Z', '2026-11-09T01:00Z', '2026-11-16T01:00Z']);
  await house.atelier.kill('worker');
  await fire(id, '2026-11-10T00:00:00Z', '2026-11-24T00:00:00Z');
  await house.atelier.restart('worker');

  expect(await firings(id, 4)).toEqual(['2026-11-02T01:00Z', '2026-11-09T01:00Z', '2026-11-16T01:00Z', '2026-11-23T01:00Z']);
  await quiet(id);
  expect(await firings(id, 4)).toHaveLength(4);
  const shown = (await call('GET', `/v1/schedules/${id}`)).body;
  expect(shown).toMatchObject({
    object: 'schedule',
    cron: '0 9 * * 1',
    time_zone: 'Asia/Shanghai',
    last_run_at: '2026-11-23T01:00:00.000Z',
    error: null,
  });
  expect(new Date(shown.next_run_at).getUTCDay()).toBe(1);
  expect((await call('GET', '/v1/schedules')).body.data[0].id).toBe(id);
  const made = await eventually(
    async () => {
      const { body } = await call('GET', `/v1/campaigns/${shown.last_campaign_id}`);
      return body.status === 'completed' ? body : undefined;
    },
    { withinMs: 30_000 },
  );
  expect(made).toMatchObject({ schedule_id: id, counts: { succeeded: 1 } });

  expect((await call('DELETE', `/v1/schedules/${id}`)).body).toEqual({ id, object: 'schedule', deleted: true });
  expect((await call('GET', `/v1/schedules/${id}`)).status).toBe(404);
  await expect(temporal.schedule.getHandle(id).describe()).rejects.toThrow();
}, 120_000);

test.each([
  ['clocks set forward', '30 1,2,3 * * *', '2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00', ['06:30', '07:30']],
  ['clocks set back', '30 1,2 * * *', '2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00', ['05:30', '07:30']],
])(
  'New York, %s: every time of day that there is, once',
  async (_what, cron, from, to, times) => {
    const id = await oldSchedule(cron, 'America/New_York');
    await fire(id, from, to);
    await firings(id, times.length);
    await quiet(id);

    expect((await firings(id, times.length)).map((name) => name.slice(11, 16))).toEqual(times);
  },
  60_000,
);

test('a time of day that comes twice makes the campaign of its first time, also where the second firing is carried out alone', async () => {
  const id = await oldSchedule('30 1 * * *', 'America/New_York');
  await fire(id, '2026-11-01T06:00:00Z', '2026-11-01T07:00:00Z');
  await firings(id, 1);
  await fire(id, '2026-11-01T05:00:00Z', '2026-11-01T07:00:00Z');
  await quiet(id);

  expect(await firings(id, 1)).toEqual(['2026-11-01T05:30Z']);
}, 60_000);

test('a Temporal that lost a schedule is told again, and what was missed within catchup_s is made up for', async () => {
  const { body } = await call('POST', '/v1/campaigns', campaign({ cron: '* * * * *', catchup_s: 200 }));
  await temporal.schedule.getHandle(body.id).delete();
  await sql.query(`update schedules set created_at = created_at - interval '1 hour' where id = $1`, [body.id]);

  const missed = await firings(body.id, 3);
  await call('DELETE', `/v1/schedules/${body.id}`);

  expect(new Set(missed).size).toBe(missed.length);
}, 60_000);

test('a campaign starts at its time, which can be moved', async () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const made = await call('POST', '/v1/campaigns', campaign({ start_at: later }));
  const again = await call('POST', '/v1/campaigns', campaign({ start_at: later }));
  const soon = new Date(Date.now() + 1_000).toISOString();
  const moved = await call('PATCH', `/v1/campaigns/${made.body.id}`, { schedule: { start_at: soon } });
  const cancelled = await call('POST', `/v1/campaigns/${again.body.id}/cancel`);

  expect([made.body.status, made.body.started_at, made.body.schedule]).toEqual(['scheduled', null, { start_at: later }]);
  expect(moved.body).toMatchObject({ status: 'scheduled', schedule: { start_at: soon } });
  expect(cancelled.body.status).toBe('cancelled');
  const ended = await eventually(
    async () => {
      const { body } = await call('GET', `/v1/campaigns/${made.body.id}`);
      return body.status === 'completed' ? body : undefined;
    },
    { withinMs: 30_000 },
  );
  expect(Date.parse(ended.started_at)).toBeGreaterThanOrEqual(Date.parse(soon));
}, 60_000);

test.each([
  ['both', { start_at: '2030-01-01T00:00:00Z', cron: '0 9 * * 1' }, {}, 'schedule'],
  ['a time in the past', { start_at: '2020-01-01T00:00:00Z' }, {}, 'schedule.start_at'],
  ['four fields', { cron: '0 9 * *' }, {}, 'schedule.cron'],
  ['an hour that there is not', { cron: '0 25 * * *' }, {}, 'schedule.cron'],
  ['an unknown time zone', { cron: '0 9 * * *', time_zone: 'Mars/Base' }, {}, 'schedule.time_zone'],
  ['a trial', { cron: '0 9 * * *' }, { trial: 3 }, 'trial'],
  ['external ids', { cron: '0 9 * * *' }, { items: [{ external_id: 'x', input: { prompt: 'x' } }] }, 'external_id'],
])('a schedule with %s is refused', async (_what, schedule, more, param) => {
  const answer = await call('POST', '/v1/campaigns', campaign(schedule, more));

  expect([answer.status, answer.body.error.param]).toEqual([400, param]);
});
