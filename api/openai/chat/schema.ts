import { z } from 'zod';

/** Parts of a message (text, image_url, input_audio, file ...) travel to the provider as they are. */
const contentPart = z.looseObject({ type: z.string() });

export const chatMessage = z
  .looseObject({
    role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function']),
    content: z.union([z.string(), z.array(contentPart), z.null()]).optional(),
  })
  .meta({ id: 'ChatMessage' });

const tokenCount = z.int().min(1).max(10_000_000).nullish();

/** Parameters of a chat that the platform itself looks at; all others travel to the provider. */
export const chatParams = z.looseObject({
  n: z.int().min(1).max(128).nullish(),
  max_completion_tokens: tokenCount,
  max_tokens: tokenCount,
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
});

export const chatBody = chatParams
  .extend({
    model: z.string().min(1).max(255),
    messages: z.array(chatMessage).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });

export type ChatBody = z.output<typeof chatBody>;
