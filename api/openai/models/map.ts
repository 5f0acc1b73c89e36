import { capabilityFields } from '../../../domain/provider/capability-fields';
import { isAvailable, type Catalogue, type Modality, type Model } from '../../../domain/provider/catalogue';
import { parametersOfRoutes, rolesOfRoutes } from '../../../domain/provider/media-support';
import { given } from '../../../lib/given';
import type { UsualSeconds } from '../../../domain/campaign/campaign';
import { priceFields } from '../../../domain/money/price-fields';
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
export function modelObject(
  model: Model,
  catalogue: Catalogue,
  typical: ReadonlyMap<string, UsualSeconds>,
  now: Date,
): Readonly<Record<string, unknown>> {
  const usual = typical.get(model.name);
  const warning = shutdownWarning(model, now);
  return {
    id: model.name,
    object: 'model',
    created: unixSeconds(model),
    owned_by: 'atelier',
    name: model.name,
    display_name: model.label ?? model.name,
    ...given({ label: model.label, description: model.description, preview_url: model.previewUrl }),
    available: isAvailable(model, catalogue),
    modality: model.modality,
    ...(model.tier === null ? {} : { tier: model.tier }),
    ...(model.contextWindow === null ? {} : { context_window: model.contextWindow, context_length: model.contextWindow }),
    ...(model.modality === 'text' ? { max_output_tokens: model.maxOutputTokens } : {}),
    architecture: architectureOf(model),
    supported_parameters: parametersOf(model),
    capabilities: capabilityFields({ ...given({ roles: rolesOfRoutes(model) ?? undefined }), ...model.capabilities }),
    ...(model.price === null ? {} : { pricing: { currency: 'USD', ...priceFields(model.price) } }),
    ...(usual === undefined ? {} : { typical_s: { p50: tenths(usual.p50), p90: tenths(usual.p90) } }),
    ...(model.shutdownDate === undefined ? {} : { shutdown_date: model.shutdownDate }),
    ...(warning === null ? {} : { warnings: [warning] }),
  };
}

/** A model as Anthropic's clients read it. */
export function anthropicModelObject(model: Model): Readonly<Record<string, unknown>> {
  return { type: 'model', id: model.name, display_name: model.label ?? model.name, created_at: model.createdAt.toISOString() };
}

/**
 * A model as the Codex CLI reads it. Without `base_instructions`: an empty text there would replace Codex's own, and one that
 * is missing only makes it keep what it has.
 */
export function codexModelObject(model: Model, catalogue: Catalogue, priority: number): Readonly<Record<string, unknown>> {
  return {
    slug: model.name,
    display_name: model.label ?? model.name,
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

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
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
