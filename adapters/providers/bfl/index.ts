import { z } from 'zod';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { errorOfBfl, pollBfl, readBflCallback, submitBfl } from './job';

const DEFAULT_POLL_MS = 1_000;
const secret = z.string('must be text').min(1, 'must not be empty').max(4096, 'must have at most 4096 characters').optional();

/** Black Forest Labs: FLUX images, each model at an endpoint of its own. See docs/providers/bfl.md. */
export const bfl: ProviderDescriptor = {
  kind: 'bfl',
  address: 'https://api.bfl.ai',
  options: { api_key: secret, webhook_secret: secret },
  secretOptions: ['api_key', 'webhook_secret'],
  modalities: ['image'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: () => ({
    parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'seed', 'format', 'watermark'],
    roles: ['reference', 'subject', 'style', 'first_frame', 'mask'],
    capabilities: { maxN: 1 },
  }),
  create: (provider, { client }) => {
    const { api_key: key, webhook_secret: webhookSecret } = provider.secrets;
    const authorization = key === undefined ? {} : { 'x-key': key };
    const connection: Connection = createConnection(provider, client, {
      authorize: () => authorization,
      errorOf: (answer, effect) => errorOfBfl(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      media: {
        submit: (call) => submitBfl(connection, call, { pollMs, webhookSecret }),
        poll: (job) => pollBfl(connection, job, pollMs),
        open: onlyLinks,
        readCallback: async (callback) => readBflCallback(webhookSecret, callback),
      },
    };
  },
};
