import { authorizeByKey, secretOption } from '../shared/api-key';
import { askForOne } from '../shared/balance';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { errorOfBfl, pollBfl, readBflCallback, submitBfl } from './job';

const DEFAULT_POLL_MS = 1_000;

/** Black Forest Labs: FLUX images, each model at an endpoint of its own. See docs/providers/bfl.md. */
export const bfl: ProviderDescriptor = {
  kind: 'bfl',
  address: 'https://api.bfl.ai',
  options: { api_key: secretOption, webhook_secret: secretOption },
  secretOptions: ['api_key', 'webhook_secret'],
  modalities: ['image'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: () => ({
    parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'seed', 'format', 'watermark'],
    roles: ['reference', 'subject', 'style', 'first_frame', 'mask'],
    capabilities: { maxN: 1 },
  }),
  create: (provider, { client }) => {
    const { webhook_secret: webhookSecret } = provider.secrets;
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider, (key) => ({ 'x-key': key })),
      errorOf: (answer, effect) => errorOfBfl(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      balance: (signal) => askForOne(connection, { path: 'v1/credits', field: 'credits', currency: 'credits' }, signal),
      media: {
        submit: (call) => submitBfl(connection, call, { pollMs, webhookSecret }),
        poll: (job) => pollBfl(connection, job, pollMs),
        open: onlyLinks,
        readCallback: async (callback) => readBflCallback(webhookSecret, callback),
      },
    };
  },
};
