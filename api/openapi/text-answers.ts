import { z } from 'zod';

const anything = z.record(z.string(), z.unknown());

export const chatAnswer = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), message: anything, finish_reason: z.string().nullable() })),
    usage: anything.optional(),
  })
  .meta({ id: 'ChatCompletion' });

export const embeddingsAnswer = z
  .looseObject({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(z.looseObject({ object: z.literal('embedding'), index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) })),
    usage: anything.optional(),
  })
  .meta({ id: 'Embeddings' });

export const healthAnswer = z.object({ status: z.string(), version: z.string() });
export const readyAnswer = z.object({
  status: z.enum(['ready', 'not_ready', 'stopping']),
  parts: z.record(z.string(), z.enum(['ok', 'missing'])),
  missing: z.array(z.object({ name: z.string(), reason: z.string() })),
});
