import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { startBalanceServer, type BalanceServer } from '../support/balance-server';
import { runSql } from '../callbacks/support/run-sql';
import { KEYS, startHouse, type House } from './support/house';

let house: House;
let server: BalanceServer;

const SOON = { withinMs: 30_000 };

const cny = (amount: string) => ({ is_available: true, balance_infos: [{ currency: 'CNY', total_balance: amount }] });

beforeAll(async () => {
  server = await startBalanceServer();
  server.answer('/user/balance', cny('210.50'));
  server.answer('/api/v1/credits', { data: { total_credits: 100, total_usage: 20 } });
  const at = (name: string, api: string) =>
    `  - { name: ${name}, kind: openai, base_url: "${server.origin}/v1", balance_api: ${api}, api_key: "\${BALANCE_KEY}" }\n`;
  house = await startHouse({
    providers: at('deep', 'deepseek') + at('router', 'openrouter'),
    env: { ATELIER_BALANCE_EVERY_S: '1', BALANCE_KEY: 'sk-balance-0123456789abcdef' },
  });
}, 300_000);
afterAll(async () => {
  await server.close();
  await house.atelier.stop();
}, 60_000);

const balanceOf = async (name: string) => (await house.admin('GET', `/providers/${name}`)).body.health.balances;

test('the balances of providers that can be asked are kept with their time, and shown with the provider, the system and in the metrics', async () => {
  await eventually(async () => {
    expect(await balanceOf('deep')).toEqual([
      {
        key: 'default',
        amounts: [{ amount: '210.50', currency: 'CNY' }],
        at: expect.any(String),
        asked_at: expect.any(String),
        error: null,
      },
    ]);
    expect(await balanceOf('router')).toEqual([expect.objectContaining({ amounts: [{ amount: '80', currency: 'USD' }] })]);
    return true;
  }, SOON);
  expect(await balanceOf('sandbox')).toEqual([]);

  const { body } = await house.admin('GET', '/system');
  expect(body.balances).toEqual([
    { provider: 'deep', key: 'default', amount: '210.50', currency: 'CNY', at: expect.any(String), error: null },
    { provider: 'router', key: 'default', amount: '80', currency: 'USD', at: expect.any(String), error: null },
  ]);
  const scrape = (key?: string) => callApi(`${house.atelier.origin}/metrics`, 'GET', key === undefined ? {} : { key });
  expect((await scrape(house.atelier.adminKey)).text).toContain(
    'atelier_provider_balance{provider="deep",key="default",currency="CNY"} 210.5',
  );
  expect((await scrape()).text).not.toContain('atelier_provider_balance{');
});

test('provider_balance_low opens an incident below its limit in that currency, and is over once the account was topped up', async () => {
  const made = await house.admin('POST', '/alerts', {
    name: 'top up',
    rule: 'provider_balance_low',
    provider: 'deep',
    below: '100',
    currency: 'CNY',
  });
  expect([made.status, made.body.below, made.body.currency]).toEqual([201, '100', 'CNY']);
  // 8 CNY are less than 10 of anything, but are no dollars.
  const dollars = await house.admin('POST', '/alerts', { name: 'dollars', rule: 'provider_balance_low', below_usd: '10' });
  expect([dollars.body.below, dollars.body.currency]).toEqual(['10', 'USD']);
  server.answer('/user/balance', cny('8.20'));

  const incident = await house.incident(made.body.id);
  expect(incident).toMatchObject({
    severity: 'warning',
    subject: { provider: 'deep' },
    evidence: { threshold: '100', balance: '8.20', currency: 'CNY', key: 'default', at: expect.any(String) },
  });
  const titles = await Promise.all(['en', 'zh'].map((lang) => house.admin('GET', `/incidents/${incident.id}?lang=${lang}`)));
  expect(titles.map(({ body }) => body.title)).toEqual([
    'The balance at the provider deep is low: 8.20 CNY left, below 100',
    '服务商 deep 的余额不足：剩余 8.20 CNY，低于 100',
  ]);

  // While it cannot be asked, what it told last stands.
  server.answer('/user/balance', { error: { message: 'Away.' } }, 503);
  await eventually(async () => {
    expect(await balanceOf('deep')).toEqual([
      expect.objectContaining({ amounts: [{ amount: '8.20', currency: 'CNY' }], error: expect.stringContaining('Away.') }),
    ]);
    return true;
  }, SOON);
  expect((await house.admin('GET', `/incidents/${incident.id}`)).body.state).toBe('open');

  server.answer('/user/balance', cny('500.00'));
  await house.incident(made.body.id, ({ state }) => state === 'resolved');
  const { body } = await house.admin('GET', '/incidents?rule=provider_balance_low');
  expect(body.data.map((one: any) => one.alert.id)).not.toContain(dollars.body.id);
});

test.each([
  [{ rule: 'provider_balance_low', thresholds: [10] }, 'thresholds'],
  [{ rule: 'provider_balance_low', below_usd: '1', below: '1' }, 'below'],
  [{ rule: 'provider_balance_low', below_usd: '1', currency: 'CNY' }, 'currency'],
  [{ rule: 'latency', below_usd: '1' }, 'below_usd'],
  [{ rule: 'provider_balance_low', below: '1', currency: 'yuan' }, 'currency'],
])('an alert of %j is refused by the name of %s', async (body, param) => {
  const { status, body: answer } = await house.admin('POST', '/alerts', { name: 'wrong', ...body });
  expect([status, answer.error.param]).toEqual([400, param]);
});

test('an alert that cannot be looked at says so, in the system too, and no more once it can', async () => {
  const { body: made } = await house.admin('POST', '/alerts', { name: 'broken', rule: 'latency', thresholds: [1_000] });
  expect(made.failure).toBeNull();
  const setting = (thresholds: string) =>
    runSql(house.atelier.databaseUrl, `update alerts set settings = (settings::jsonb || $2::jsonb)::json where id = $1`, [
      made.id,
      `{"minRequests": 0, "thresholds": ${thresholds}}`,
    ]);
  const shown = async () => (await house.admin('GET', `/alerts/${made.id}`)).body.failure;
  // No list of thresholds: whatever looks at a provider fails.
  await setting('7');
  await house.chat(KEYS.site);
  const failure = await eventually(shown, SOON);
  expect(failure).toEqual({
    since: expect.any(String),
    code: 'look_failed',
    message: 'The look failed; the log of the worker says why.',
  });
  expect((await house.admin('GET', '/system')).body.alerts_failing).toEqual([{ name: 'broken', rule: 'latency', ...failure }]);

  await setting('[1000]');
  await eventually(async () => (await shown()) === null, SOON);
  expect((await house.admin('GET', '/system')).body.alerts_failing).toEqual([]);
});

test('an alert that finds more usage than can be looked at has a code for it', async () => {
  const { body: made } = await house.admin('POST', '/alerts', { name: 'unusual', rule: 'anomaly', thresholds: [3] });
  await runSql(
    house.atelier.databaseUrl,
    `insert into usage_hours (hour, team_id, credential_id, class, project_id, member_id, model, provider, campaign_id, template, modality,
       requests, succeeded, failed, input_tokens, output_tokens, images, video_ms, cost, provider_cost)
     select date_trunc('hour', now()), t.id, k.id, 'script', 0, 0, 'model-' || n, 'deep', '', '', 'text', 1, 1, 0, 1, 1, 0, 0, 1, 1
     from teams t join credentials k on k.team_id = t.id and k.name = 'rival' cross join generate_series(1, 400001) n where t.name = 'rival'`,
    [],
  );
  const failure = await eventually(async () => (await house.admin('GET', `/alerts/${made.id}`)).body.failure, SOON);
  expect(failure).toMatchObject({ code: 'too_much_usage', message: expect.stringMatching(/^There is more usage/) });
});

test('a balance is asked for at its time only, by one process, with the key of the provider', () => {
  const asked = server.asked.filter((line) => line.startsWith('GET /user/balance'));
  expect(new Set(asked)).toEqual(new Set(['GET /user/balance sk-balance-0123456789abcdef']));
});
