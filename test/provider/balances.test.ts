import { createProviderRegistry } from '../../adapters/providers/registry';
import type { Provider } from '../../domain/provider/catalogue';
import { startBalanceServer, type BalanceServer } from '../support/balance-server';
import { failureOf, provider } from './calls';

const KEY = 'sk-test-0123456789abcdef';

let server: BalanceServer;
beforeEach(async () => {
  server = await startBalanceServer();
});
afterEach(() => server.close());

const asking = (changes: Partial<Provider>) => {
  const { balance } = createProviderRegistry()(provider(changes));
  if (balance === undefined) throw new Error('It cannot be asked.');
  return balance(AbortSignal.timeout(20_000));
};
const askApi = (api: string, more: Record<string, unknown> = {}) =>
  asking({ baseUrl: `${server.origin}/v1`, options: { balance_api: api, ...more } });

test('DeepSeek tells each currency of the account', async () => {
  server.answer('/user/balance', {
    is_available: true,
    balance_infos: [
      { currency: 'CNY', total_balance: '110.00', granted_balance: '10.00', topped_up_balance: '100.00' },
      { currency: 'USD', total_balance: '0.5', granted_balance: '0', topped_up_balance: '0.5' },
    ],
  });

  expect(await askApi('deepseek')).toEqual([
    { amount: '110.00', currency: 'CNY' },
    { amount: '0.5', currency: 'USD' },
  ]);
  expect(server.asked).toEqual([`GET /user/balance ${KEY}`]);
});

test('Moonshot tells no currency: it is that of its region, or the one that is configured', async () => {
  const data = { available_balance: 49.58894, voucher_balance: 46.58893, cash_balance: 3.00001 };
  server.answer('/v1/users/me/balance', { code: 0, data, scode: '0x0', status: true });

  expect(await askApi('moonshot')).toEqual([{ amount: '49.58894', currency: 'USD' }]);
  expect(await askApi('moonshot', { balance_currency: 'CNY' })).toEqual([{ amount: '49.58894', currency: 'CNY' }]);
});

test('OpenRouter tells what the credits of the account leave, and to keys that may not ask what their own limit leaves', async () => {
  server.answer('/api/v1/credits', { data: { total_credits: 100.5, total_usage: 25.75 } });
  expect(await askApi('openrouter')).toEqual([{ amount: '74.75', currency: 'USD' }]);

  server.answer('/api/v1/credits', { error: { code: 403, message: 'Only management keys can fetch credits' } }, 403);
  server.answer('/api/v1/key', { data: { label: 'a key', limit: 20, limit_remaining: 7.125, usage: 12.875 } });
  expect(await askApi('openrouter')).toEqual([{ amount: '7.125', currency: 'USD' }]);

  server.answer('/api/v1/key', { data: { label: 'a key', limit: null, limit_remaining: null, usage: 12.875 } });
  expect(await failureOf(askApi('openrouter'))).toMatchObject({
    code: 'provider_auth',
    message: expect.stringContaining('management keys'),
  });
});

test('SiliconFlow tells the total of the account', async () => {
  server.answer('/v1/user/info', {
    code: 20000,
    message: 'OK',
    status: true,
    data: { id: 'someone', balance: '0.88', chargeBalance: '88.00', totalBalance: '88.88' },
  });
  expect(await askApi('siliconflow')).toEqual([{ amount: '88.88', currency: 'USD' }]);
});

test('One API and New API tell the limit of the token and what it has used in cents; a token without a limit leaves nothing to tell', async () => {
  server.answer('/v1/dashboard/billing/subscription', { object: 'billing_subscription', has_payment_method: true, hard_limit_usd: 50 });
  server.answer('/v1/dashboard/billing/usage', { object: 'list', total_usage: 1234.5 });
  expect(await askApi('one_api')).toEqual([{ amount: '37.655', currency: 'USD' }]);

  server.answer('/v1/dashboard/billing/subscription', { object: 'billing_subscription', hard_limit_usd: 100_000_000 });
  expect(await askApi('one_api')).toEqual([]);
});

test('Luma tells cents of US dollars, Black Forest Labs and Runway credits', async () => {
  server.answer('/dream-machine/v1/credits', { credit_balance: 1234 });
  server.answer('/v1/credits', { credits: 12.5 });
  server.answer('/v1/organization', { tier: { maxMonthlyCreditSpend: 10_000 }, creditBalance: 40_000, usage: { models: {} } });

  expect(await asking({ kind: 'luma', baseUrl: `${server.origin}/dream-machine/v1` })).toEqual([{ amount: '12.34', currency: 'USD' }]);
  expect(await asking({ kind: 'bfl', baseUrl: server.origin })).toEqual([{ amount: '12.5', currency: 'credits' }]);
  expect(await asking({ kind: 'runway', baseUrl: server.origin })).toEqual([{ amount: '40000', currency: 'credits' }]);
});

test.each([
  ['https://api.deepseek.com/v1', true],
  ['https://api.moonshot.cn/v1', true],
  ['https://openrouter.ai/api/v1', true],
  ['https://api.siliconflow.com/v1', true],
  ['https://api.siliconflow.cn/v1', false],
  ['https://api.openai.com/v1', false],
  ['https://gateway.example/v1', false],
])('a server at %s can be asked: %s', (baseUrl, can) => {
  const { balance } = createProviderRegistry()(provider({ baseUrl }));
  expect(balance !== undefined).toBe(can);
});

test.each([
  ['no numbers', { is_available: true, balance_infos: [{ currency: 'CNY', total_balance: 'a lot' }] }, 200, 'provider_bad_response'],
  ['a list', [1, 2], 200, 'provider_bad_response'],
  ['a refusal that quotes the key', { error: { message: `The key ${KEY} is wrong.` } }, 401, 'provider_auth'],
])('an answer of %s is a failure without the key in it', async (_what, body, status, code) => {
  server.answer('/user/balance', body, status);
  const failure = await failureOf(askApi('deepseek'));
  expect(failure.code).toBe(code);
  expect(failure.message).not.toContain(KEY);
});
