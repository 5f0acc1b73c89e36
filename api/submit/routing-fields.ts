import { z } from 'zod';
import { STRATEGIES } from '../../domain/provider/catalogue';
import type { RoutingWish } from '../../domain/admission/request';

const MOST_NAMES = 32;
const provider = z.string().min(1).max(64);
const names = z.array(provider).min(1).max(MOST_NAMES);

/** What a request may say of its routing, beside the fields of its endpoint. */
export const routingFields = {
  routing: z
    .strictObject({
      providers: names.nullish().describe('Only these providers, in this order unless a strategy is given.'),
      exclude: names.nullish().describe('None of these providers.'),
      strategy: z.enum(STRATEGIES).nullish(),
    })
    .nullish()
    .meta({ id: 'RoutingHints' }),
  models: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(MOST_NAMES)
    .nullish()
    .describe('Models to try in this order; the answer names the one that served.'),
};

interface RoutedBody {
  readonly routing?: z.output<(typeof routingFields)['routing']>;
  readonly models?: z.output<(typeof routingFields)['models']>;
}

/** The wish of a checked body, for a submission; nothing when it has none. */
export function wishOf({ routing, models }: RoutedBody): { readonly routing?: RoutingWish } {
  const hints = Object.fromEntries(Object.entries(routing ?? {}).filter(([, value]) => value !== null && value !== undefined));
  const hasHints = Object.keys(hints).length > 0;
  if (!hasHints && (models === undefined || models === null)) return {};
  return { routing: { ...(hasHints ? { hints } : {}), ...(models === undefined || models === null ? {} : { models }) } };
}

/** A body that names models and no model, with the first of them as its model. */
export function withModel(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('models' in body)) return body;
  const { models } = body;
  const hasModel = 'model' in body && body.model !== undefined && body.model !== null;
  return hasModel || !Array.isArray(models) || typeof models[0] !== 'string' ? body : { ...body, model: models[0] };
}
