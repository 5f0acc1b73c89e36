import { z } from 'zod';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { cancelReplicate, errorOfReplicate, pollReplicate, readReplicateCallback, submitReplicate } from './job';

const DEFAULT_POLL_MS = 1_000;
const secret = z.string('must be text').min(1, 'must not be empty').max(4096, 'must have at most 4096 characters').optional();

/**
 * Replicate's predictions: official models by name, others by version, deployments. Its list of predictions holds no reference of ours, and
 * neither inputs nor times would tell two of one campaign apart: a lost create is not looked up. See docs/providers/replicate.md.
 */
export const replicate: ProviderDescriptor = {
  kind: 'replicate',
  address: 'https://api.replicate.com',
  options: { api_key: secret, webhook_secret: secret },
  secretOptions: ['api_key', 'webhook_secret'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: (operation) => ({
    parameters:
      operation === 'image'
        ? [
            'size',
            'aspect_ratio',
            'resolution',
            'quality',
            'n',
            'seed',
            'watermark',
            'format',
            'background',
            'compression',
            'negative_prompt',
          ]
        : ['size', 'aspect_ratio', 'resolution', 'quality', 'seed', 'duration_s', 'audio', 'format', 'negative_prompt'],
    roles: ['reference', 'first_frame', 'last_frame', 'style', 'subject', 'mask'],
    video: true,
  }),
  create: (provider, { client }) => {
    const { api_key: key, webhook_secret: webhookSecret } = provider.secrets;
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const connection: Connection = createConnection(provider, client, {
      authorize: () => authorization,
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
