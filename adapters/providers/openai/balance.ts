import { AppError, toAppError } from '../../../domain/errors';
import type { Provider } from '../../../domain/provider/catalogue';
import type { ProviderAdapter } from '../../../domain/provider/provider';
import { askBalance, decimalOf, minus } from '../shared/balance';
import type { Connection } from '../shared/connection';
import { isObject, type JsonObject } from '../shared/json';

/** Who is asked how. Sources: the vendors' pages, see docs/providers/openai.md. */
export const BALANCE_APIS = ['deepseek', 'moonshot', 'openrouter', 'siliconflow', 'one_api', 'none'] as const;
type BalanceApi = (typeof BALANCE_APIS)[number];

/** SiliconFlow's api for China (.cn) has no such call any more. */
const HOSTS: Readonly<Record<string, BalanceApi>> = {
  'api.deepseek.com': 'deepseek',
  'api.moonshot.ai': 'moonshot',
  'api.moonshot.cn': 'moonshot',
  'openrouter.ai': 'openrouter',
  'api.siliconflow.com': 'siliconflow',
};

type Ask = NonNullable<ProviderAdapter['balance']>;

/** Asks the server for what is left; undefined: it has no call for it that we know. Every path is counted from the server's root. */
export function balanceOf({ baseUrl, options }: Provider, connection: Connection): Ask | undefined {
  const url = baseUrl === null ? null : new URL(baseUrl);
  const named = BALANCE_APIS.find((api) => api === options['balance_api']);
  const currency = typeof options['balance_currency'] === 'string' ? options['balance_currency'] : null;
  switch (named ?? HOSTS[url?.hostname ?? '']) {
    case 'deepseek':
      return async (signal) => {
        const { balance_infos: infos } = await askBalance(connection, '/user/balance', signal);
        if (!Array.isArray(infos)) throw noBalance(connection);
        return infos.filter(isObject).map((info) => ({
          amount: decimalOf(info['total_balance']) ?? fail(connection),
          currency: typeof info['currency'] === 'string' ? info['currency'].slice(0, 16) : fail(connection),
        }));
      };
    case 'moonshot':
      return async (signal) => {
        const { data } = await askBalance(connection, '/v1/users/me/balance', signal);
        const told = currency ?? (url?.hostname.endsWith('.cn') === true ? 'CNY' : 'USD');
        return [{ amount: fieldOf(connection, data, 'available_balance'), currency: told }];
      };
    case 'openrouter':
      return async (signal) => [{ amount: await openRouterCredits(connection, signal), currency: 'USD' }];
    case 'siliconflow':
      return async (signal) => {
        const { data } = await askBalance(connection, '/v1/user/info', signal);
        return [{ amount: fieldOf(connection, data, 'totalBalance'), currency: currency ?? 'USD' }];
      };
    case 'one_api':
      return async (signal) => {
        const limit = fieldOf(connection, await askBalance(connection, '/v1/dashboard/billing/subscription', signal), 'hard_limit_usd');
        if (Number(limit) >= UNLIMITED) return [];
        const used = fieldOf(connection, await askBalance(connection, '/v1/dashboard/billing/usage', signal), 'total_usage');
        return [{ amount: minus(limit, used, 2), currency: currency ?? 'USD' }];
      };
    case 'none':
    case undefined:
      return undefined;
  }
}

/** What One API and New API tell of a token without a limit. */
const UNLIMITED = 100_000_000;

/** The account's credits want a management key; other keys are told what their own limit leaves. */
async function openRouterCredits(connection: Connection, signal: AbortSignal): Promise<string> {
  try {
    const { data } = await askBalance(connection, '/api/v1/credits', signal);
    return minus(fieldOf(connection, data, 'total_credits'), fieldOf(connection, data, 'total_usage'), 0);
  } catch (error) {
    if (toAppError(error).code !== 'provider_auth') throw error;
    const { data } = await askBalance(connection, '/api/v1/key', signal);
    const left = isObject(data) ? decimalOf(data['limit_remaining']) : null;
    if (left === null)
      throw new AppError('provider_auth', 'OpenRouter tells credits to management keys, and others their own limit: this key has none.');
    return left;
  }
}

function fieldOf(connection: Connection, data: unknown, name: string): string {
  const fields: JsonObject = isObject(data) ? data : {};
  return decimalOf(fields[name]) ?? fail(connection);
}

function fail(connection: Connection): never {
  throw noBalance(connection);
}

function noBalance({ name }: Connection): AppError {
  return new AppError('provider_bad_response', `Provider ${name} told no balance that could be read.`);
}
