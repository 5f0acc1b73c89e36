import { z } from 'zod';
import { routingFields } from '../../submit/routing-fields';

const MOST_INPUTS = 2_048;
const text = z.string().min(1);
const tokens = z.array(z.int().min(0)).min(1);

/** Parameters of embeddings that are known; all others travel to the provider as they are. */
export const embeddingParams = z.looseObject({
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().nullish(),
});

export const embeddingsBody = embeddingParams
  .extend({
    ...routingFields,
    model: z.string().min(1).max(255),
    input: z.union([text, z.array(text).min(1).max(MOST_INPUTS), tokens, z.array(tokens).min(1).max(MOST_INPUTS)], {
      error: 'must be a text, a list of texts, a list of tokens or a list of lists of tokens; none may be empty',
    }),
  })
  .meta({ id: 'EmbeddingsRequest' });
