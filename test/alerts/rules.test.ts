import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { KEYS, startHouse, type House } from './support/house';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ONCE = 'retries: { per_route: 1 }';

let house: House;
let fake: FakeProvider;
let receiver: Receiver;

beforeAll(async () => {
  [fake, receiver] = await Promise.all([startFakeProvider(), startReceiver(SECRET)]);
  const provider = (name: string, more: string) => `  - { name: ${name}, kind: openai, base_url: "${fake.baseUrl}", ${more} }\n`;
  const text = (name: string) =>
    `  - { name: ${name}, modality: text, price: free, ${ONCE}, routes: [{ provider: ${name}, model: up-${name} }] }\n`;
  house = await startHouse({
    providers: [
      provider('failing', 'breaker: { failures: 10000, window_s: 1, open_s: 1 }'),
      provider('broken', 'breaker: { failures: 2, window_s: 60, open_s: 60 }'),
      provider('slow', 'max_concurrency: 8'),
      provider('narrow', 'max_concurrency: 1'),
    ].join(''),
    models: `${['failing', 'broken', 'slow'].map(text).join('')}  - { name: clip, modality: video, price: free, routes: [{ provider: narrow, model: up-clip }] }\n`,
  });
}, 120_000);
afterAll(async () => {
  await Promise.all([fake.close(), receiver.shut()]);
  await house.atelier.stop();
}, 60_000);

const say = (model: string) =>
  callApi(`${house.atelier.baseUrl}/chat/completions`, 'POST', {
    key: KEYS.site,
    body: { model, messages: [{ role: 'user', content: 'Hello.' }] },
  });
const submit = (body: object) => callApi(`${house.atelier.baseUrl}/tasks`, 'POST', { key: KEYS.site, body });
const isTold = (event: string) => (incident: any) => incident.timeline.some((one: any) => one.event === event);

async function alertOn(rule: string, more: object): Promise<string> {
  const made = await house.admin('POST', '/alerts', { name: rule, rule, ...more });
  if (made.status !== 201) throw new Error(made.text);
  return made.body.id;
}

async function titles(incidentId: string): Promise<readonly string[]> {
  const shown = await Promise.all(['en', 'zh'].map((lang) => house.admin('GET', `/incidents/${incidentId}?lang=${lang}`)));
  return shown.map(({ body }) => body.title);
}

test('error_rate opens an incident of a provider whose calls fail, once there are enough of them to say so', async () => {
  const alert = await alertOn('error_rate', { thresholds: [50, 70], min_requests: 4, provider: 'failing' });
  const other = await alertOn('error_rate', { name: 'of another', thresholds: [10], min_requests: 1, provider: 'sandbox' });
  fake.script('up-failing', [{ status: 500 }, { status: 500 }, { status: 500 }, {}]);
  for (let sent = 0; sent < 3; sent += 1) expect((await say('failing')).status).toBe(503);
  expect((await say('failing')).status).toBe(200);

  const incident = await house.incident(alert);
  expect(incident).toMatchObject({
    severity: 'critical',
    subject: { provider: 'failing' },
    evidence: { threshold: 70, percent: 75, failed: 3, requests: 4 },
  });
  expect(await titles(incident.id)).toEqual([
    '75 % of the calls of the provider failing failed (3 of 4 in 5 minutes)',
    '服务商 failing 有 75% 的调用失败（5 分钟内 4 次中 3 次）',
  ]);
  expect((await house.admin('GET', '/incidents?rule=error_rate')).body.data.map((one: any) => one.alert.id)).not.toContain(other);
});

test('latency opens an incident of a provider that answers slowly', async () => {
  const alert = await alertOn('latency', { thresholds: [300], min_requests: 2 });
  fake.script('up-slow', [{ thinkMs: 400 }]);
  await Promise.all([say('slow'), say('slow'), say('slow')]);

  const incident = await house.incident(alert);
  expect(incident).toMatchObject({ severity: 'warning', subject: { provider: 'slow' }, evidence: { threshold: 300, requests: 3 } });
  expect(incident.evidence.p95_ms).toBeGreaterThanOrEqual(400);
  expect(await titles(incident.id)).toEqual([expect.stringContaining('The provider slow is slow'), expect.stringContaining('响应缓慢')]);
});

test('breaker_open opens an incident that is clear once the provider answers again', async () => {
  const alert = await alertOn('breaker_open', {});
  fake.script('up-broken', [{ status: 503 }]);
  for (let sent = 0; sent < 3; sent += 1) await say('broken');

  const incident = await house.incident(alert);
  expect(incident).toMatchObject({
    severity: 'critical',
    subject: { provider: 'broken', model: 'up-broken' },
    evidence: { threshold: 0, last_error: 'provider_unavailable' },
  });
  expect(await titles(incident.id)).toEqual([
    expect.stringMatching(/^Calls of broken for up-broken are stopped since .* \(provider_unavailable\)$/),
    expect.stringContaining('已停止调用 broken 的 up-broken'),
  ]);
  expect((await house.admin('POST', '/providers/broken/breakers/reset')).status).toBeLessThan(300);
  const cleared = await house.incident(alert, isTold('cleared'));
  expect([cleared.state, cleared.resolved_at]).toEqual(['open', null]);
});

test('callback_failing opens an incident of a team and the host that took none of its events', async () => {
  const alert = await alertOn('callback_failing', { thresholds: [2], team: 'studio' });
  receiver.answer('/down', [500]);
  for (let sent = 0; sent < 2; sent += 1) {
    await submit({ type: 'text', model: 'slow', input: { prompt: 'Hello.' }, callback_url: receiver.url('/down') });
  }

  const incident = await house.incident(alert);
  expect(incident).toMatchObject({
    subject: { team: 'studio', host: new URL(receiver.url('/')).host },
    evidence: { threshold: 2, events: 2, last_error: expect.stringContaining('500') },
  });
  expect((await titles(incident.id))[0]).toMatch(/takes no callbacks of the team studio: 2 events were refused at least three times$/);
});

test('backlog_age and stuck_run open incidents of what waits and of what does not move, which are clear once it goes on', async () => {
  fake.script('up-clip', [{ hang: true }, {}]);
  const clip = { type: 'video', model: 'clip', input: { prompt: 'A red fox.' } };
  const first = await submit(clip);
  await eventually(() => fake.counts.callsByModel.get('up-clip') === 1, { withinMs: 20_000 });
  const second = await submit(clip);
  const backlog = await alertOn('backlog_age', { thresholds: [1], model: 'clip' });
  const stuck = await alertOn('stuck_run', { thresholds: [0.05], team: 'studio' });

  const waiting = await house.incident(backlog);
  expect(waiting).toMatchObject({ subject: { model: 'clip' }, evidence: { threshold: 1, waiting: 1 } });
  expect(waiting.evidence.oldest_s).toBeGreaterThanOrEqual(1);
  const still = await house.incident(stuck);
  expect(still).toMatchObject({
    subject: { team: 'studio' },
    evidence: { threshold: 0.05, task_ids: expect.arrayContaining([first.body.id]) },
  });

  for (const { body } of [first, second]) await callApi(`${house.atelier.baseUrl}/tasks/${body.id}/cancel`, 'POST', { key: KEYS.site });
  await house.incident(backlog, isTold('cleared'));
});
