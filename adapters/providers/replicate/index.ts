import { authorizeByKey, secretOption } from '../shared/api-key';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { mappedSupport } from '../shared/mapped-input';
import { onlyLinks } from '../shared/media-job';
import { cancelReplicate, errorOfReplicate, pollReplicate, readReplicateCallback, submitReplicate } from './job';

const DEFAULT_POLL_MS = 1_000;

/**
 * Replicate's predictions: official models by name, others by version, deployments. Its list of predictions holds no reference of ours, and
 * neither inputs nor times would tell two of one campaign apart: a lost create is not looked up. See docs/providers/replicate.md.
 */
export const replicate: ProviderDescriptor = {
  kind: 'replicate',
  address: 'https://api.replicate.com',
  options: { api_key: secretOption, webhook_secret: secretOption },
  secretOptions: ['api_key', 'webhook_secret'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: mappedSupport,
  create: (provider, { client }) => {
    const { webhook_secret: webhookSecret } = provider.secrets;
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider),
      errorOf: (answer, effect) => errorOfReplicate(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      media: {
        submit: (call) => submitReplicate(connection, call, pollMs),
        poll: (job) => pollReplicate(connection, job, pollMs),
        open: onlyLinks,
        cancel: (job) => cancelReplicate(connection, job),
        readCallback: async (callback) => readReplicateCallback(webhookSecret, callback),
      },
    };
  },
};
