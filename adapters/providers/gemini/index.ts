import { z } from 'zod';
import type { ProviderDescriptor } from '../shared/descriptor';
import { chat } from './chat';
import { CHAT_PARAMS } from './chat-request';
import { connectToGemini } from './connection';
import { embed, EMBEDDING_PARAMS } from './embeddings';

/** Google's Gemini API: chats, embeddings, images and videos. See docs/providers/gemini.md. */
export const gemini: ProviderDescriptor = {
  kind: 'gemini',
  address: 'https://generativelanguage.googleapis.com',
  options: {
    api_key: z.string('must be text').min(1, 'must not be empty').max(4096, 'must have at most 4096 characters').optional(),
    api_version: z
      .string('must be text')
      .regex(/^v\d+\w*$/, 'must be a version such as v1 or v1beta')
      .optional(),
  },
  secretOptions: ['api_key'],
  modalities: ['text'],
  params: { chat: CHAT_PARAMS, embedding: EMBEDDING_PARAMS, image: [], video: [] },
  create: (provider, { client }) => {
    const connection = connectToGemini(provider, client);
    return {
      drawsWatermark: false,
      text: {
        chat: (call) => chat(connection, call),
        embed: (call) => embed(connection, call),
      },
    };
  },
};
