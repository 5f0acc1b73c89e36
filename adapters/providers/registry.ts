import { isDeepStrictEqual } from 'node:util';
import { credentialOfKey, withKey, type Provider } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { ProviderAdapter, ProviderRegistry } from '../../domain/provider/provider';
import { PROVIDER_KINDS } from './kinds';
import { withOwnKey, type OwnKeyOf } from './own-key';
import type { ProviderTools } from './shared/descriptor';
import { createHttpClient, type HttpClient } from './shared/http-client';

/**
 * Finds the adapter of a configured provider with one of its keys, and keeps it until their configuration changes. One registry per process:
 * it holds the connections.
 * @param ownKey - finds the key of a caller at the gateway that a move comes from
 * @param outside - fetches results from where a provider's server redirects to; null: they are fetched from configured addresses only
 */
export function createProviderRegistry(outside: HttpClient['outside'] = null, ownKey: OwnKeyOf = noOwnKey): ProviderRegistry {
  const tools = { client: createHttpClient(outside) };
  const known = new Map<string, { readonly provider: Provider; readonly adapter: ProviderAdapter }>();
  return (provider, key = null) => {
    const credentialId = provider.ownKeys === undefined ? null : credentialOfKey(key);
    // There may be very many of them: their adapters are not kept.
    if (credentialId !== null) {
      return withOwnKey(async () => createAdapter({ ...provider, secrets: { api_key: await ownKey(credentialId) } }, tools));
    }
    const place = JSON.stringify([provider.name, key]);
    const entry = known.get(place);
    if (entry?.provider === provider) return entry.adapter;
    const isSame = entry !== undefined && reachesTheSame(withKey(entry.provider, key), withKey(provider, key));
    const adapter = isSame ? entry.adapter : createAdapter(withKey(provider, key), tools);
    known.set(place, { provider, adapter });
    return adapter;
  };
}

function createAdapter(provider: Provider, tools: ProviderTools): ProviderAdapter {
  const descriptor = PROVIDER_KINDS.find(({ kind }) => kind === provider.kind);
  if (descriptor === undefined) {
    throw new AppError('internal', `Provider ${JSON.stringify(provider.name)} is of a kind this version does not know.`);
  }
  return descriptor.create(provider, tools);
}

/** What only bounds how many calls are made, and what follows a failure, is nothing to the adapter. */
function reachesTheSame(left: Provider, right: Provider): boolean {
  return (
    left.kind === right.kind &&
    left.baseUrl === right.baseUrl &&
    isDeepStrictEqual(left.secrets, right.secrets) &&
    isDeepStrictEqual(left.options, right.options) &&
    left.pollMs === right.pollMs &&
    isDeepStrictEqual(left.headers, right.headers)
  );
}

const noOwnKey: OwnKeyOf = () => Promise.reject(new AppError('provider_auth', 'No keys of callers are kept here.'));
