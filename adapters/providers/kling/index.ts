import { z } from 'zod';
import { secretsOf } from '../../../domain/provider/catalogue';
import { secretOption } from '../shared/api-key';
import { createConnection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { errorOf, findJob, pollJob, submitJob, type Kling } from './job';
import { IMAGE_PARAMS, supports, VIDEO_PARAMS } from './request';
import { createBearer } from './token';

const DEFAULT_POLL_MS = 5_000;

/** Kling's API of videos and images: everything is a job, found again by our operation key. See docs/providers/kling.md. */
export const kling: ProviderDescriptor = {
  kind: 'kling',
  address: 'https://api-singapore.klingai.com',
  options: {
    api_key: secretOption,
    access_key: secretOption,
    secret_key: secretOption,
    usd_per_unit: z.number('must be a number').min(0, 'must not be negative').max(1_000, 'must be at most 1000').optional(),
  },
  secretOptions: ['api_key', 'access_key', 'secret_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: IMAGE_PARAMS, video: VIDEO_PARAMS },
  supports,
  create: (provider, { client }) => {
    const bearer = createBearer(provider);
    const dialect = { authorize: () => bearer.headers(), errorOf: errorOf({ name: provider.name, secrets: secretsOf(provider) }) };
    const usd = provider.options['usd_per_unit'];
    const kling: Kling = {
      connection: createConnection(provider, client, dialect),
      bearer,
      pollAfterMs: provider.pollMs ?? DEFAULT_POLL_MS,
      usdPerUnit: typeof usd === 'number' ? usd : null,
    };
    return {
      drawsWatermark: true,
      media: {
        submit: (call) => submitJob(kling, call),
        poll: (job) => pollJob(kling, job),
        open: onlyLinks,
        find: (operationKey, signal) => findJob(kling, operationKey, signal),
        // Unsigned: a reason to look.
        readCallback: () => Promise.resolve({ kind: 'hint' }),
      },
    };
  },
};
