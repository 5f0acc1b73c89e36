import { z } from 'zod';
import { routingFields } from '../../submit/routing-fields';
import { chatParams } from '../chat/schema';

const { n, temperature, top_p, presence_penalty, frequency_penalty, logit_bias, seed, stop, user } = chatParams.shape;

/** More prompts than one, and prompts as tokens, are refused with the way round. */
const prompt = z.unknown().transform((given, fault): string => {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const [first] = list;
  if (typeof first === 'string' && list.length === 1) return first;
  const isTokens = typeof first === 'number' || Array.isArray(first);
  const message = isTokens
    ? 'A prompt as tokens cannot be read: each provider has its own. Send it as text.'
    : list.length > 1
      ? 'Only one prompt is answered in a request. Send each prompt in a request of its own.'
      : 'Invalid prompt: must be a text, or a list with one text.';
  const code = given === undefined ? 'missing_required_parameter' : isTokens || list.length > 1 ? 'invalid_value' : 'invalid_type';
  fault.addIssue({ code: 'custom', message: given === undefined ? 'Missing required parameter: prompt.' : message, params: { code } });
  return z.NEVER;
});

/** Body of the older `POST /v1/completions`; fields that are not known travel to the provider as they are. */
export const completionsBody = z
  .looseObject({
    model: z.string().min(1).max(255),
    prompt: prompt.meta({
      override: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 }] },
    }),
    max_tokens: z.int().min(1).max(10_000_000).default(16),
    echo: z.boolean().nullish(),
    suffix: z.string().nullish(),
    best_of: z.int().min(1).nullish(),
    logprobs: z.int().min(0).max(5).nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    ...routingFields,
    ...{ n, temperature, top_p, presence_penalty, frequency_penalty, logit_bias, seed, stop, user },
  })
  .meta({ id: 'CompletionRequest' });

export type CompletionsBody = z.output<typeof completionsBody>;
