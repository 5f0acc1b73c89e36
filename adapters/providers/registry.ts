import { isDeepStrictEqual } from 'node:util';
import { withKey, type Provider } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { ProviderAdapter, ProviderRegistry } from '../../domain/provider/provider';
import { PROVIDER_KINDS } from './kinds';
import type { ProviderTools } from './shared/descriptor';
import { createHttpClient, type HttpClient } from './shared/http-client';

/**
 * Finds the adapter of a configured provider with one of its keys, and keeps it until their configuration changes. One registry per process:
 * it holds the connections.
 * @param outside - fetches results from where a provider's server redirects to; null: they are fetched from configured addresses only
 */
export function createProviderRegistry(outside: HttpClient['outside'] = null): ProviderRegistry {
  const tools = { client: createHttpClient(outside) };
  const known = new Map<string, { readonly provider: Provider; readonly adapter: ProviderAdapter }>();
  return (provider, key = null) => {
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
