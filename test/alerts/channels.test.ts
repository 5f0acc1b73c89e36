import { tmpdir } from 'node:os';
import { cli } from '../cli/support/run-cli';
import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import { runSql } from '../callbacks/support/run-sql';
import { eventually } from '../support/eventually';
import { KEYS, startHouse, type House } from './support/house';
import { headerOf, startMailbox, type Mailbox } from './support/mailbox';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const FILE = `alerts:
  - { name: from the file, rule: stuck_run, thresholds: [90], channels: [{ type: webhook, url: "https://alerts.studio.example/hook", secret: "\${HOOK_SECRET}" }] }
`;

let house: House;
let receiver: Receiver;
let mailbox: Mailbox;

beforeAll(async () => {
  [receiver, mailbox] = await Promise.all([startReceiver(SECRET), startMailbox()]);
  house = await startHouse({
    more: FILE,
    env: {
      ATELIER_SMTP_URL: mailbox.url,
      ATELIER_SMTP_FROM: 'Atelier <alerts@studio.example>',
      HOOK_SECRET: SECRET,
      ATELIER_TRUSTED_PROXIES: 'loopback',
    },
  });
  house.atelier.watchSecret('mail-password-123');
}, 120_000);
afterAll(async () => {
  await Promise.all([receiver.shut(), mailbox.close()]);
  await house.atelier.stop();
}, 60_000);

const mailsTo = (address: string) => mailbox.mails.filter(({ to }) => to.includes(address));

test('an e-mail, a chat message and a signed webhook of one incident arrive once, and the notice that it is over after them, with the worker killed in between', async () => {
  const { body: alert } = await house.admin('POST', '/alerts', {
    name: 'site budget',
    rule: 'budget',
    team: 'studio',
    credential: 'site',
    thresholds: [20],
    channels: [
      { type: 'webhook', url: receiver.url('/hook'), secret: SECRET },
      { type: 'slack', url: receiver.url('/services/T0/secret-path'), language: 'zh' },
      { type: 'email', to: ['ops@studio.example', 'night@studio.example'] },
      { type: 'webhook', url: receiver.url('/quiet'), secret: SECRET, quiet_hours: { from: '00:00', to: '00:00' } },
      { type: 'webhook', url: receiver.url('/escalated'), secret: SECRET, after_minutes: 60 },
    ],
  });
  const shown = (await house.admin('GET', `/alerts/${alert.id}`)).text;
  expect(shown).not.toContain('secret-path');
  for (let paid = 0; paid < 2; paid += 1) await house.chat(KEYS.site);

  const count = (incident: any, status: string): number => incident.notices.filter((notice: any) => notice.status === status).length;
  const incident = await house.incident(alert.id, (one) => count(one, 'delivered') === 3);
  await house.atelier.kill('worker');
  // Without a worker the api resolves it all the same.
  expect((await house.admin('POST', `/incidents/${incident.id}/resolve`)).body.state).toBe('resolved');
  await house.atelier.restart('worker');

  const told = await house.incident(alert.id, ({ notices }) => notices.every(({ status }: any) => status !== 'pending'));
  expect(receiver.at('/hook').map(({ event, fault }) => [event.type, fault])).toEqual([
    ['incident.opened', null],
    ['incident.resolved', null],
  ]);
  expect(receiver.at('/services/T0/secret-path').map(({ event }) => event.text.split('\n')[0])).toEqual([
    expect.stringContaining('已用去总预算的 20%'),
    expect.stringContaining('已恢复'),
  ]);
  const mails = mailsTo('ops@studio.example');
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual([
    expect.stringContaining('[Atelier] Info: credential:site has spent 20 %'),
    expect.stringContaining('[Atelier] Resolved: credential:site'),
  ]);
  const ids = told.notices.map(({ id }: any) => id);
  for (const mail of mails) expect(ids).toContain(/<(ntc_[0-9a-f]{32})@studio.example>/.exec(headerOf(mail, 'message-id'))?.[1]);
  // What was held back is told neither as begun nor as over.
  expect([receiver.at('/quiet'), receiver.at('/escalated')]).toEqual([[], []]);
  const [, , , quiet, escalated] = alert.channels;
  expect(told.notices.filter(({ channel_id: id }: any) => id === quiet.id || id === escalated.id).map(({ status }: any) => status)).toEqual(
    ['skipped', 'skipped'],
  );
}, 120_000);

test('a test of an alert says how each channel answered', async () => {
  receiver.answer('/broken', [500]);
  await house.admin('POST', '/alerts', {
    name: 'tested',
    rule: 'latency',
    channels: [
      { type: 'webhook', url: receiver.url('/tested'), secret: SECRET },
      { type: 'webhook', url: receiver.url('/broken') },
    ],
  });
  const { body } = await house.admin('POST', '/alerts/tested/test');
  expect(body.data.map(({ status, error }: any) => [status, error])).toEqual(
    expect.arrayContaining([
      ['delivered', null],
      ['pending', 'The receiver answered 500: no: 500'],
    ]),
  );
  expect(receiver.at('/tested')[0]).toMatchObject({ fault: null, event: { type: 'alert.test' } });
});

test('an alert of the file is shown and not changed by the API; the command line creates, lists and deletes others', async () => {
  const { body } = await house.admin('GET', '/alerts/from%20the%20file');
  expect(body).toMatchObject({ managed_by: 'file', rule: 'stuck_run', thresholds: [90], channels: [{ has_secret: true }] });
  for (const [method, change] of [
    ['PATCH', { thresholds: [10] }],
    ['DELETE', undefined],
  ] as const) {
    const refused = await house.admin(method, `/alerts/${body.id}`, change);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'managed_by_file']);
  }
  const run = (...words: string[]) =>
    cli(words, { env: { ATELIER_BASE_URL: house.atelier.baseUrl, ATELIER_KEY: house.atelier.adminKey, ATELIER_HOME: tmpdir() } });
  const made = await run(
    'alerts',
    'create',
    'by cli',
    '--rule',
    'anomaly',
    '--team',
    'studio',
    '--min-usd',
    '2',
    '--action',
    'throttle',
    '--json',
  );
  expect(made.json()).toMatchObject({ name: 'by cli', team: 'studio', min_usd: '2', actions: ['throttle'] });
  expect((await run('alerts', 'list')).stdout).toContain('from the file');
  expect((await run('alerts', 'backtest', '--from', '2026-01-01', '--to', '2026-01-31')).stdout).toContain('Nothing would have been found');
  expect((await run('incidents', 'list', '--state', 'all')).stdout).toContain('credential:site has spent');
  expect((await run('alerts', 'delete', 'by cli')).code).toBe(0);
});

test.each([
  [{ rule: 'latency', actions: ['freeze_credential'] }, 'actions[0]'],
  [{ rule: 'budget', credential: 'site' }, 'team'],
  [{ rule: 'budget', team: 'nobody' }, 'team'],
  [{ rule: 'budget', thresholds: [-1] }, 'thresholds[0]'],
  [{ rule: 'budget', channels: [{ type: 'email' }] }, 'channels[0].to'],
  [{ rule: 'budget', channels: [{ type: 'webhook', url: 'https://10.0.0.1/x' }] }, 'channels[0].url'],
  [{ rule: 'budget', channels: [{ type: 'webhook', url: 'https://example.com', secret: 'short' }] }, 'channels[0].secret'],
  [{ rule: 'budget', team: 'studio', actions: ['limit_cost'] }, 'max_cost_per_request_usd'],
])('%j is refused by its fault', async (body, param) => {
  const refused = await house.admin('POST', '/alerts', { name: 'wrong', ...body });
  expect([refused.status, refused.body.error.param]).toEqual([400, param]);
});

test('a key that is used from a new network, and one that begins to spend much, each open an incident that names it', async () => {
  const { body: network } = await house.admin('POST', '/alerts', { name: 'networks', rule: 'new_network', team: 'rival' });
  const { body: anomaly } = await house.admin('POST', '/alerts', { name: 'unusual', rule: 'anomaly', team: 'rival', min_usd: '0.2' });
  const body = { model: 'dollar', messages: [{ role: 'user', content: 'Hello.' }] };
  const from = (address: string) =>
    fetch(`${house.atelier.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.rival}`, 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify(body),
    });
  await from('198.51.100.7');
  await eventually(
    async () =>
      (await runSql(house.atelier.databaseUrl, 'select from credential_networks where network like $1', ['198.51.100%'])).length === 1,
    {
      withinMs: 10_000,
    },
  );
  await from('198.51.100.8');
  await from('203.0.113.9');

  expect(await house.incident(network.id)).toMatchObject({
    subject: { team: 'rival', credential: 'rival' },
    evidence: { network: '203.0.113.0/24' },
    title: 'Key rival/rival was used from a network it never came from before: 203.0.113.0/24',
  });
  const unusual = await house.incident(anomaly.id);
  expect(unusual).toMatchObject({
    severity: 'critical',
    subject: { team: 'rival', credential: 'rival' },
    evidence: { by: 'credential', times: null },
  });
  expect(unusual.title).toContain('100 % on model dollar');
});

test('the status page needs no key and no script, and says what operators say in the language of the reader', async () => {
  const { origin } = house.atelier;
  await house.admin('PUT', '/status', { notice: { level: 'maintenance', text: { en: 'Down <tonight>.', zh: '今晚维护。' } } });
  const status = await eventually(
    async () => {
      const body: any = await (await fetch(`${origin}/status.json`)).json();
      return body.notice === null ? undefined : body;
    },
    { withinMs: 10_000, everyMs: 200 },
  );
  expect(status).toMatchObject({ overall: 'operational', api: 'operational', workers: 'operational', storage: 'operational' });
  expect(status).not.toHaveProperty('providers');
  const [english, chinese] = await Promise.all(
    ['en', 'zh-CN,zh;q=0.9'].map(async (language) =>
      (await fetch(`${origin}/status`, { headers: { 'accept-language': language } })).text(),
    ),
  );
  expect(english).toContain('Down &lt;tonight&gt;.');
  expect(english).not.toMatch(/<script|sandbox/);
  expect(chinese).toMatch(/lang="zh-Hans"[\s\S]*今晚维护。[\s\S]*一切正常/);
  expect((await house.admin('PUT', '/status', { notice: null })).body.notice).toBeNull();
});
