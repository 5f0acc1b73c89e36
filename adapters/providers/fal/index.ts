import { z } from 'zod';
import { authorizeByKey, secretOption } from '../shared/api-key';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { mappedSupport } from '../shared/mapped-input';
import { onlyLinks } from '../shared/media-job';
import { cancelFal, errorOfFal, pollFal, submitFal } from './job';
import { createWebhookReader } from './webhook';

const DEFAULT_POLL_MS = 1_000;
const A_DAY_S = 86_400;
const KEYS_URL = 'https://rest.alpha.fal.ai/.well-known/jwks.json';

/** fal's queue: any of its image and video models, each with its own inputs. See docs/providers/fal.md. */
export const fal: ProviderDescriptor = {
  kind: 'fal',
  address: 'https://queue.fal.run',
  options: {
    api_key: secretOption,
    link_life_s: z.int('must be a whole number').min(60, 'must be at least 60').max(31_536_000, 'must be at most 31536000').optional(),
    webhook_keys_url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: mappedSupport,
  create: (provider, { client }) => {
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider, (key) => ({ authorization: `Key ${key}` })),
      errorOf: (answer, effect) => errorOfFal(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    const { link_life_s: life, webhook_keys_url: keysUrl } = provider.options;
    const linkLifeS = typeof life === 'number' ? life : A_DAY_S;
    return {
      drawsWatermark: false,
      media: {
        submit: (call) => submitFal(connection, call, { pollMs, linkLifeS }),
        poll: (job) => pollFal(connection, job, pollMs),
        open: onlyLinks,
        cancel: (job) => cancelFal(connection, job),
        readCallback: createWebhookReader(client, typeof keysUrl === 'string' ? keysUrl : KEYS_URL),
      },
    };
  },
};
