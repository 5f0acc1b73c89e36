import { z } from 'zod';
import { AppError } from '../../../domain/errors';
import type { Provider } from '../../../domain/provider/catalogue';
import type { ProviderDescriptor } from '../shared/descriptor';
import { authorizeByKey, secretOption } from '../shared/api-key';
import { createConnection } from '../shared/connection';
import type { HttpClient } from '../shared/http-client';
import { chat, countTokens, errorOf, type AnthropicConnection } from './chat';
import { droppedOfMessages } from './request';

const DEFAULT_VERSION = '2023-06-01';

/** Anthropic's Messages API, and servers that speak it. Both versions of the API: see docs/providers/anthropic.md. */
export const anthropic: ProviderDescriptor = {
  kind: 'anthropic',
  address: 'https://api.anthropic.com',
  options: {
    api_key: secretOption,
    thinking: z.enum(['adaptive', 'budget'], 'must be adaptive or budget').optional(),
  },
  secretOptions: ['api_key'],
  modalities: ['text'],
  params: { chat: [], embedding: [], image: [], video: [] },
  droppedOfChat: (provider, model, input) => droppedOfMessages({ ...input, model }, versionOf(provider), thinkingOf(provider)),
  create: (provider, { client }) => {
    const connection = connect(provider, client);
    return {
      drawsWatermark: false,
      text: {
        chat: (call) => chat(connection, call),
        embed: () => Promise.reject(new AppError('provider_not_found', `Provider ${provider.name} has no embeddings.`)),
        countTokens: (call) => countTokens(connection, call),
      },
    };
  },
};

function connect(provider: Provider, client: HttpClient): AnthropicConnection {
  const connection = createConnection(provider, client, {
    authorize: authorizeByKey(provider, (key) => ({ 'x-api-key': key })),
    headers: { 'anthropic-version': DEFAULT_VERSION },
    errorOf: (answer, effect) => errorOf(answer, effect, provider.name, connection.secrets),
  });
  const betas = headerOf(provider, 'anthropic-beta')?.split(',') ?? [];
  return {
    ...connection,
    version: versionOf(provider),
    thinking: thinkingOf(provider),
    betas: betas.map((feature) => feature.trim()).filter((feature) => feature !== ''),
  };
}

function versionOf(provider: Provider): string {
  return headerOf(provider, 'anthropic-version') ?? DEFAULT_VERSION;
}

function thinkingOf(provider: Provider): 'adaptive' | 'budget' | undefined {
  const style = provider.options['thinking'];
  return style === 'adaptive' || style === 'budget' ? style : undefined;
}

function headerOf(provider: Provider, name: string): string | undefined {
  return Object.entries(provider.headers).find(([given]) => given.toLowerCase() === name)?.[1];
}
