import { z } from 'zod';
import { isWholeNumber } from '../../../domain/large-integers';
import { routingFields } from '../../submit/routing-fields';
import { templateFields } from '../../templates/fields';
import { byType, chatMessage } from './messages';

export const tokenCount = z.int().min(1).max(10_000_000).nullish();
const text = z.string().nullish();
const flag = z.boolean().nullish();
const number = z.number().nullish();

/** OpenAI's letters, and the dots and colons of servers that name tools by their origin. */
export const toolName = z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, "_", "-", "." or ":"');
export const toolFunction = z.looseObject({
  name: toolName,
  description: text,
  parameters: z.looseObject({}).nullish(),
  strict: flag,
});
const namedFunction = z.looseObject({ name: z.string().min(1) });

const tool = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    function: z.looseObject({ function: toolFunction }),
    custom: z.looseObject({ custom: z.looseObject({ name: toolName }) }),
  }),
);

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required', 'any']),
  z.looseObject({ type: z.string().min(1) }).superRefine(
    byType({
      function: z.looseObject({ function: namedFunction }),
      custom: z.looseObject({ custom: namedFunction }),
    }),
  ),
]);

const responseFormat = z.looseObject({ type: z.string().min(1) }).superRefine(
  byType({
    json_schema: z.looseObject({
      json_schema: z.looseObject({
        name: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
        schema: z.looseObject({}),
        strict: flag,
        description: text,
      }),
    }),
  }),
);

/** Parameters of a chat that are known; all others travel to the provider as they are. What a model allows of them is its provider's affair. */
export const chatParams = z.looseObject({
  n: z.int().min(1).max(128).nullish(),
  max_completion_tokens: tokenCount,
  max_tokens: tokenCount,
  temperature: z.number().min(0).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: number,
  frequency_penalty: number,
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: flag,
  top_logprobs: z.int().nullish(),
  // An int64: larger than the whole numbers that JavaScript keeps exact.
  seed: z
    .unknown()
    .refine((seed) => typeof seed === 'number' || isWholeNumber(seed), {
      message: 'Invalid seed: must be a whole number.',
      params: { code: 'invalid_type' },
    })
    .refine((seed) => typeof seed !== 'number' || Number.isInteger(seed), { message: 'Invalid seed: must be a whole number.' })
    .nullish()
    .meta({ override: { type: ['integer', 'null'], format: 'int64' } }),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  functions: z.array(z.looseObject({ name: toolName, description: text, parameters: z.looseObject({}).nullish() })).nullish(),
  function_call: z.union([z.string(), namedFunction]).nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: text,
  verbosity: text,
  modalities: z.array(z.string()).nullish(),
  audio: z.looseObject({ format: text }).nullish(),
  prediction: z.looseObject({ type: z.string().min(1) }).nullish(),
  web_search_options: z.looseObject({}).nullish(),
  user: text,
  safety_identifier: text,
  prompt_cache_key: text,
  service_tier: text,
  store: flag,
  metadata: z.looseObject({}).nullish(),
});

export const chatBody = chatParams
  .extend({
    ...routingFields,
    ...templateFields,
    model: z.string().min(1).max(255),
    messages: z.array(chatMessage).min(1),
    stream: flag,
    stream_options: z.looseObject({ include_usage: flag }).nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });

export type ChatBody = z.output<typeof chatBody>;
