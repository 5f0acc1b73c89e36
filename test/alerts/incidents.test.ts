import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import type { Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { KEYS, startHouse, type House } from './support/house';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let house: House;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver(SECRET);
  house = await startHouse({ copies: 2 });
  house.atelier.watchSecret(SECRET);
}, 120_000);
afterAll(async () => {
  await receiver.shut();
  await house.atelier.stop();
}, 60_000);

const refusalOf = ({ status, body }: Answer): any => (status === 403 ? body.error : null);

test('a budget that reaches its threshold opens one incident, told once by a signed webhook, and once more when it is resolved', async () => {
  const made = await house.admin('POST', '/alerts', {
    name: 'site budget',
    rule: 'budget',
    team: 'studio',
    credential: 'site',
    thresholds: [20, 90],
    channels: [{ type: 'webhook', url: receiver.url('/budget'), secret: SECRET }],
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    object: 'alert',
    managed_by: 'api',
    thresholds: [20, 90],
    channels: [{ type: 'webhook', has_secret: true }],
  });
  const shown = await house.admin('GET', `/alerts/${made.body.id}`);
  expect(shown.text).not.toContain(SECRET);

  for (let paid = 0; paid < 3; paid += 1) expect((await house.chat(KEYS.site)).status).toBe(200);
  const incident = await house.incident(made.body.id);
  expect(incident).toMatchObject({
    object: 'incident',
    rule: 'budget',
    state: 'open',
    severity: 'info',
    subject: { team: 'studio', credential: 'site', budget: 'credential:site' },
    evidence: { threshold: 20, limit_usd: '10', period: 'total' },
    resolved_at: null,
  });
  expect(incident.title).toMatch(/^credential:site has spent [23]0 % of its budget/);
  const told = await eventually(() => receiver.at('/budget')[0], { withinMs: 20_000 });
  expect(told).toMatchObject({ fault: null, event: { type: 'incident.opened', data: { id: incident.id, state: 'open' } } });

  expect((await house.admin('POST', `/incidents/${incident.id}/acknowledge`)).body).toMatchObject({ state: 'acknowledged' });
  const noted = await house.admin('POST', `/incidents/${incident.id}/note`, { audience: 'users', lang: 'zh', text: '我们正在处理。' });
  expect(noted.body).toMatchObject({ note: { audience: 'users', lang: 'zh', text: '我们正在处理。' } });
  const resolved = await house.admin('POST', `/incidents/${incident.id}/resolve?lang=zh`);
  expect(resolved.body).toMatchObject({ state: 'resolved', title: expect.stringContaining('已用去') });
  expect(resolved.body.timeline.map(({ event }: any) => event)).toEqual(['opened', 'acknowledged', 'noted', 'resolved']);
  await eventually(() => receiver.at('/budget').length === 2, { withinMs: 20_000 });
  // It still holds, and whoever resolved it is not asked again.
  expect((await house.chat(KEYS.site)).status).toBe(200);
  await house.incident(made.body.id, ({ evidence }) => evidence.spent_usd !== '');
  expect(receiver.at('/budget').map(({ event, fault }) => [event.type, fault])).toEqual([
    ['incident.opened', null],
    ['incident.resolved', null],
  ]);
  expect(new Set(receiver.at('/budget').map(({ id }) => id)).size).toBe(2);
});

test('a key that is frozen is refused by every api process within a second, and works again once the incident is resolved', async () => {
  const { body: alert } = await house.admin('POST', '/alerts', {
    name: 'runaway scripts',
    rule: 'budget',
    team: 'studio',
    credential: 'script-7',
    thresholds: [20],
    actions: ['freeze_credential'],
  });
  // Each process knows the key.
  for (const origin of house.atelier.apiOrigins) expect((await house.chat(KEYS.script, origin)).status).toBe(200);

  const frozen = await house.incident(alert.id);
  for (const origin of house.atelier.apiOrigins) {
    const refused = await eventually(async () => refusalOf(await house.chat(KEYS.script, origin)), { withinMs: 5_000, everyMs: 20 });
    expect(Date.now() - Date.parse(frozen.opened_at)).toBeLessThan(1_500);
    expect(refused).toMatchObject({
      code: 'credential_frozen',
      details: { incident: frozen.id },
      message: expect.stringContaining(frozen.id),
    });
  }
  expect(frozen.timeline.map(({ event }: any) => event)).toEqual(['opened', 'frozen']);
  expect((await house.chat(KEYS.site)).status).toBe(200);

  await house.admin('POST', `/incidents/${frozen.id}/resolve`);
  for (const origin of house.atelier.apiOrigins) {
    await eventually(async () => (await house.chat(KEYS.script, origin)).status === 200, { withinMs: 3_000 });
  }
});
