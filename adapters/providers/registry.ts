import type { Provider } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { ProviderAdapter, ProviderRegistry } from '../../domain/provider/provider';
import { createOpenaiAdapter } from './openai';
import { createSandboxAdapter } from './sandbox';
import { createHttpClient, type HttpClient } from './shared/http-client';

/**
 * Finds the adapter of a configured provider and keeps it until the provider's configuration changes. One registry per process: it
 * holds the connections.
 */
export function createProviderRegistry(): ProviderRegistry {
  const client = createHttpClient();
  const known = new Map<string, { readonly provider: Provider; readonly adapter: ProviderAdapter }>();
  return (provider) => {
    const entry = known.get(provider.name);
    if (entry !== undefined && (entry.provider === provider || reachesTheSame(entry.provider, provider))) return entry.adapter;
    const adapter = createAdapter(provider, client);
    known.set(provider.name, { provider, adapter });
    return adapter;
  };
}

function createAdapter(provider: Provider, client: HttpClient): ProviderAdapter {
  switch (provider.kind) {
    case 'openai':
      return createOpenaiAdapter(provider, client);
    case 'sandbox':
      return createSandboxAdapter();
    default:
      throw new AppError('internal', `Provider ${JSON.stringify(provider.name)} is of a kind this version does not know.`);
  }
}

function reachesTheSame(left: Provider, right: Provider): boolean {
  return (
    left.kind === right.kind &&
    left.baseUrl === right.baseUrl &&
    left.apiKey === right.apiKey &&
    JSON.stringify(left.headers) === JSON.stringify(right.headers)
  );
}
