import type { Capabilities, Catalogue, Model } from '../../../domain/provider/catalogue';
import type { Price } from '../../../domain/money/price';
import { formatPicoUsd } from '../../../domain/money/money';

/** A model as OpenAI's clients read it, with what they pass through: capabilities, price, availability. */
export function modelObject(model: Model, catalogue: Catalogue) {
  return {
    id: model.name,
    object: 'model',
    created: Math.floor(model.createdAt.getTime() / 1_000),
    owned_by: 'atelier',
    available: model.price !== null && model.routes.some((route) => catalogue.providers.has(route.provider)),
    modality: model.modality,
    tier: model.tier,
    context_window: model.contextWindow,
    max_output_tokens: model.modality === 'text' ? model.maxOutputTokens : null,
    capabilities: snakeCased(model.capabilities),
    pricing: model.price === null ? null : pricing(model.price),
  };
}

function pricing(price: Price) {
  switch (price.kind) {
    case 'free':
      return { currency: 'USD', free: true };
    case 'per_token':
      return {
        currency: 'USD',
        input_per_1m_usd: perMillion(price.input),
        cached_input_per_1m_usd: perMillion(price.cachedInput),
        output_per_1m_usd: perMillion(price.output),
      };
    case 'per_image':
      return { currency: 'USD', per_image: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_second':
      return { currency: 'USD', per_second: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_call':
      return { currency: 'USD', per_call_usd: formatPicoUsd(price.each) };
  }
}

function perMillion(picoUsd: bigint): string {
  return formatPicoUsd(picoUsd * 1_000_000n);
}

function snakeCased(capabilities: Capabilities): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(capabilities).map(([name, value]: [string, unknown]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
