import type { Logger } from '../../domain/log';
import type { ProviderRegistry, TokenCounter } from '../../domain/provider/provider';

/** Somebody waits for the count before they ask: our estimate is better than a late one. */
const PATIENCE_MS = 5_000;

/** Asks the adapters; what they fail at is logged and counts as no answer. */
export function createTokenCounter(deps: {
  readonly providers: ProviderRegistry;
  readonly newId: (prefix: string) => string;
  readonly logger: Pick<Logger, 'warn'>;
}): TokenCounter {
  return async (provider, { upstreamModel, timeouts, input }) => {
    const { text } = deps.providers(provider);
    if (text?.countTokens === undefined) return null;
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return await text.countTokens({ model: upstreamModel, input, signal, operationKey: deps.newId('count'), timeouts });
    } catch (error) {
      deps.logger.warn({ err: error, provider: provider.name }, 'a provider did not count the tokens of a chat');
      return null;
    }
  };
}
