import { authorizeByKey, secretOption } from '../shared/api-key';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { onlyLinks } from '../shared/media-job';
import { VIDEO_RESOLUTIONS } from './request';
import { errorOfXai, pollXaiVideo, submitXaiImage, submitXaiVideo } from './job';

const DEFAULT_POLL_MS = 3_000;

/** xAI's images and videos; its texts are served by the kind `openai`. See docs/providers/xai.md. */
export const xai: ProviderDescriptor = {
  kind: 'xai',
  address: 'https://api.x.ai/v1',
  options: { api_key: secretOption },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: ['user'], video: ['user'] },
  supports: (operation) =>
    operation === 'image'
      ? {
          parameters: ['size', 'aspect_ratio', 'resolution', 'quality', 'n', 'watermark'],
          roles: ['reference', 'subject', 'style', 'first_frame'],
        }
      : {
          parameters: ['size', 'aspect_ratio', 'resolution', 'duration_s', 'audio', 'format'],
          roles: ['first_frame', 'last_frame', 'reference', 'subject', 'style'],
          video: true,
          capabilities: { minDurationS: 1, maxDurationS: 15, resolutions: VIDEO_RESOLUTIONS },
        },
  create: (provider, { client }) => {
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider),
      errorOf: (answer, effect) => errorOfXai(connection, answer, effect),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      media: {
        submit: (call) => (call.kind === 'image' ? submitXaiImage(connection, call) : submitXaiVideo(connection, call, pollMs)),
        poll: (job) => pollXaiVideo(connection, job, pollMs),
        open: onlyLinks,
      },
    };
  },
};
