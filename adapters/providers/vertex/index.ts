import { z } from 'zod';
import type { MediaSupport, ProviderDescriptor } from '../shared/descriptor';
import { connectToVertex, DEFAULT_ADDRESS } from './connection';
import { openObject, pollVideo, submitImage, submitVideo } from './media';
import { IMAGE_RATIOS, VIDEO_RATIOS } from './request';

const text = (most: number) => z.string('must be text').min(1, 'must not be empty').max(most, `must have at most ${most} characters`);

/** Google's Vertex AI: Imagen and Veo. See docs/providers/vertex.md. */
export const vertex: ProviderDescriptor = {
  kind: 'vertex',
  address: DEFAULT_ADDRESS,
  options: {
    api_key: text(16_384).optional(),
    access_token: text(16_384).optional(),
    credentials_json: text(65_536).optional(),
    project: text(128).optional(),
    location: z
      .string('must be text')
      .regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be a location such as us-central1 or global')
      .optional(),
    storage_uri: z
      .string('must be text')
      .regex(/^gs:\/\//, 'must begin with gs://')
      .optional(),
    storage_url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  },
  secretOptions: ['api_key', 'access_token', 'credentials_json'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: [] },
  supports: (operation, model) => (operation === 'image' ? imageSupport(model) : VIDEO),
  create: (provider, { client }) => {
    const connection = connectToVertex(provider, client);
    return {
      drawsWatermark: false,
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(connection, call) : submitVideo(connection, call)),
        poll: (job) => pollVideo(connection, job),
        open: async (job, ref) => openObject(connection, job, ref),
      },
    };
  },
};

const VIDEO: MediaSupport = {
  parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'seed', 'duration_s', 'audio', 'watermark', 'negative_prompt'],
  roles: ['first_frame', 'last_frame', 'reference', 'subject', 'style'],
  video: true,
  capabilities: { maxN: 4, aspectRatios: VIDEO_RATIOS, maxInputImages: 5 },
};

/** Only models for editing (`imagen-3.0-capability-001`) take images. */
function imageSupport(model: string): MediaSupport {
  return {
    parameters: ['size', 'aspect_ratio', 'resolution', 'n', 'seed', 'format', 'compression', 'watermark', 'negative_prompt'],
    roles: /capability|edit/.test(model) ? ['reference', 'subject', 'style', 'mask'] : [],
    capabilities: { maxN: 4, aspectRatios: IMAGE_RATIOS, maxInputImages: 4 },
  };
}
