import { z } from 'zod';
import { routingFields } from '../../submit/routing-fields';

const MOST_INPUTS = 2_048;
const text = z.string();
const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text }),
  z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string().min(1) }) }),
]);

/** Parameters of moderations; those that are not known travel to the provider as they are. */
export const moderationParams = z.looseObject({});

export const moderationsBody = moderationParams
  .extend({
    ...routingFields,
    model: z.string().min(1).max(255).nullish().describe('Default: omni-moderation-latest, if that model is configured.'),
    input: z.union([text, z.array(text).min(1).max(MOST_INPUTS), z.array(part).min(1).max(MOST_INPUTS)], {
      error: 'must be a text, a list of texts, or a list of parts of the types text and image_url; no list may be empty',
    }),
  })
  .meta({ id: 'ModerationsRequest' });
