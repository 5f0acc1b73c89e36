import { z } from 'zod';
import { secretOption } from '../shared/api-key';
import type { MediaSupport, ProviderDescriptor } from '../shared/descriptor';
import { chat } from './chat';
import { CHAT_PARAMS } from './chat-request';
import { connectToGemini } from './connection';
import { embed, EMBEDDING_PARAMS } from './embeddings';
import { imageResolutions, RATIOS, submitImage } from './image';
import { cancelVideo, openVideo, pollVideo, submitVideo } from './video';

/** Google's Gemini API: chats, embeddings, images and videos. See docs/providers/gemini.md. */
export const gemini: ProviderDescriptor = {
  kind: 'gemini',
  address: 'https://generativelanguage.googleapis.com',
  options: {
    api_key: secretOption,
    api_version: z
      .string('must be text')
      .regex(/^v\d+\w*$/, 'must be a version such as v1 or v1beta')
      .optional(),
  },
  secretOptions: ['api_key'],
  modalities: ['text', 'image', 'video'],
  params: { chat: CHAT_PARAMS, embedding: EMBEDDING_PARAMS, image: [], video: [] },
  supports: (operation, model) => (operation === 'image' ? imageSupport(model) : VIDEO),
  create: (provider, { client }) => {
    const connection = connectToGemini(provider, client);
    return {
      drawsWatermark: false,
      text: {
        chat: (call) => chat(connection, call),
        embed: (call) => embed(connection, call),
      },
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(connection, call) : submitVideo(connection, call)),
        poll: (job) => pollVideo(connection, job),
        open: (job, ref) => openVideo(connection, job, ref),
        cancel: (job) => cancelVideo(connection, job),
        // Google's signature is by itself over a token, not over the body: the job is asked for in any case.
        readCallback: () => Promise.resolve({ kind: 'hint' }),
      },
    };
  },
};

const VIDEO: MediaSupport = {
  parameters: ['size', 'aspect_ratio', 'resolution', 'seed', 'duration_s', 'watermark'],
  roles: ['first_frame', 'last_frame', 'reference', 'subject', 'style'],
  video: true,
};

/** One image a call: `candidateCount` is refused above 1. */
function imageSupport(model: string): MediaSupport {
  return {
    parameters: ['size', 'aspect_ratio', 'resolution', 'seed', 'n', 'watermark'],
    roles: ['reference', 'subject', 'style'],
    capabilities: { maxN: 1, maxInputImages: 14, aspectRatios: RATIOS, resolutions: imageResolutions(model) },
  };
}
