import type { Capabilities, Catalogue, Modality, Model } from '../../../domain/provider/catalogue';
import { parametersOfRoutes } from '../../../domain/provider/media-support';
import type { Price } from '../../../domain/money/price';
import { formatPicoUsd } from '../../../domain/money/money';
import { shutdownWarning } from '../../../domain/provider/shutdown';

const CHAT_PARAMETERS = [
  'max_completion_tokens',
  'max_tokens',
  'n',
  'response_format',
  'seed',
  'stop',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
];

/**
 * A model as clients read it: OpenAI's four keys, OpenRouter's by which clients learn what a model can do, and ours (capabilities,
 * price, availability). What is not known is left out: several clients refuse a list with a null in it, or take it for a value.
 */
export function modelObject(model: Model, catalogue: Catalogue, now: Date): Readonly<Record<string, unknown>> {
  const warning = shutdownWarning(model, now);
  return {
    id: model.name,
    object: 'model',
    created: unixSeconds(model),
    owned_by: 'atelier',
    name: model.name,
    display_name: model.name,
    available: isAvailable(model, catalogue),
    modality: model.modality,
    ...(model.tier === null ? {} : { tier: model.tier }),
    ...(model.contextWindow === null ? {} : { context_window: model.contextWindow, context_length: model.contextWindow }),
    ...(model.modality === 'text' ? { max_output_tokens: model.maxOutputTokens } : {}),
    architecture: architectureOf(model),
    supported_parameters: parametersOf(model),
    capabilities: snakeCased(model.capabilities),
    ...(model.price === null ? {} : { pricing: pricing(model.price) }),
    ...(model.shutdownDate === undefined ? {} : { shutdown_date: model.shutdownDate }),
    ...(warning === null ? {} : { warnings: [warning] }),
  };
}

/** A model as Anthropic's clients read it. */
export function anthropicModelObject(model: Model): Readonly<Record<string, unknown>> {
  return { type: 'model', id: model.name, display_name: model.name, created_at: model.createdAt.toISOString() };
}

/**
 * A model as the Codex CLI reads it. Without `base_instructions`: an empty text there would replace Codex's own, and one that
 * is missing only makes it keep what it has.
 */
export function codexModelObject(model: Model, catalogue: Catalogue, priority: number): Readonly<Record<string, unknown>> {
  return {
    slug: model.name,
    display_name: model.name,
    supported_reasoning_levels: [],
    shell_type: 'shell_command',
    visibility: isAvailable(model, catalogue) ? 'list' : 'hide',
    supported_in_api: true,
    priority,
    supports_reasoning_summaries: false,
    support_verbosity: false,
    truncation_policy: { mode: 'bytes', limit: 10_000 },
    supports_parallel_tool_calls: false,
    experimental_supported_tools: [],
    input_modalities: architectureOf(model).input_modalities,
    ...(model.contextWindow === null ? {} : { context_window: model.contextWindow }),
  };
}

function isAvailable(model: Model, catalogue: Catalogue): boolean {
  return model.price !== null && model.routes.some((route) => catalogue.providers.has(route.provider));
}

function unixSeconds(model: Model): number {
  return Math.floor(model.createdAt.getTime() / 1_000);
}

/** Images go in where the configuration says so: a client that is not sure asks the user instead of failing. */
function architectureOf({ modality, capabilities }: Model) {
  const output =
    capabilities.embeddings === true
      ? 'embeddings'
      : capabilities.moderations === true
        ? 'moderations'
        : capabilities.speech === true
          ? 'audio'
          : modality;
  return {
    input_modalities: capabilities.transcriptions === true ? ['audio'] : capabilities.imageInput === true ? ['text', 'image'] : ['text'],
    output_modalities: [output],
  };
}

function parametersOf(model: Model): readonly string[] {
  const { modality, capabilities } = model;
  if (capabilities.embeddings === true) return ['dimensions', 'encoding_format'];
  if (capabilities.moderations === true) return [];
  if (capabilities.transcriptions === true)
    return ['language', 'prompt', 'response_format', 'stream', 'temperature', 'timestamp_granularities'];
  if (capabilities.speech === true) return ['instructions', 'response_format', 'speed', 'stream_format', 'voice'];
  if (modality === 'text') return capabilities.tools === false ? CHAT_PARAMETERS : [...CHAT_PARAMETERS, 'tools', 'tool_choice'];
  const known = parametersOfRoutes(model);
  if (known !== null) return known.map((name) => FIELDS[modality][name] ?? name);
  const shared = ['size', 'aspect_ratio', 'resolution', 'seed', 'negative_prompt', 'watermark'];
  if (modality === 'image') return [...shared, 'n', 'quality', 'background', 'output_format', 'response_format', 'stream'];
  return [...shared, 'seconds', ...(capabilities.audio === false ? [] : ['audio'])];
}

/** The name of a canonical parameter at the compatible endpoints, where it is another. */
const FIELDS: Readonly<Record<Modality, Readonly<Record<string, string>>>> = {
  text: {},
  image: { format: 'output_format', compression: 'output_compression' },
  video: { duration_s: 'seconds' },
};

function pricing(price: Price) {
  switch (price.kind) {
    case 'free':
      return { currency: 'USD', free: true };
    case 'per_token':
      return {
        currency: 'USD',
        input_per_1m_usd: perMillion(price.input),
        cached_input_per_1m_usd: perMillion(price.cachedInput),
        ...(price.cacheWrite && {
          cache_write_input_per_1m_usd: perMillion(price.cacheWrite.short),
          cache_write_1h_input_per_1m_usd: perMillion(price.cacheWrite.long),
        }),
        output_per_1m_usd: perMillion(price.output),
      };
    case 'per_image':
      return { currency: 'USD', per_image: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_second':
      return { currency: 'USD', per_second: price.rows.map(({ each, ...row }) => ({ ...row, usd: formatPicoUsd(each) })) };
    case 'per_character':
      return { currency: 'USD', per_1m_characters_usd: perMillion(price.each) };
    case 'per_minute':
      return { currency: 'USD', per_minute_usd: formatPicoUsd(price.each) };
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
