import type { Capabilities, Provider } from '../../domain/provider/catalogue';
import type { ConfigDocument, ConfigModel, ConfigTeam } from '../../domain/config/document';
import { toPrice } from './price-schema';
import type { ConfigFile, ModelEntry } from './schema';

/** A checked file in the units and names of the domain. */
export function toDocument(file: ConfigFile): ConfigDocument {
  return { providers: file.providers.map(toProvider), models: file.models.map(toModel), teams: file.teams.map(toTeam) };
}

function toProvider(entry: ConfigFile['providers'][number]): Provider {
  const { name, kind, max_concurrency: maxConcurrency } = entry;
  if (entry.kind === 'sandbox') {
    // Deterministic by the request, so a lost call may be made again at will; but it shows what a real provider would do: stop.
    const nothing = { baseUrl: null, apiKey: null, headers: {} };
    return { name, kind, maxConcurrency, ...nothing, honoursIdempotencyKey: false, unknownOutcome: 'stop' };
  }
  return {
    name,
    kind,
    maxConcurrency,
    baseUrl: entry.base_url.replace(/\/+$/, ''),
    apiKey: entry.api_key ?? null,
    headers: entry.headers,
    honoursIdempotencyKey: entry.honours_idempotency_key,
    unknownOutcome: entry.on_unknown_outcome,
  };
}

function toModel(entry: ModelEntry): ConfigModel {
  const isText = entry.modality === 'text';
  return {
    name: entry.name,
    modality: entry.modality,
    tier: entry.tier ?? null,
    price: entry.price === undefined ? null : toPrice(entry.price),
    routes: entry.routes,
    maxOutputTokens: entry.max_output_tokens,
    contextWindow: entry.context_window ?? null,
    timeouts: {
      firstByteMs: entry.timeouts.first_byte_ms ?? 30_000,
      submitMs: entry.timeouts.submit_ms ?? 60_000,
      totalMs: entry.timeouts.total_ms ?? (isText ? 600_000 : 3_600_000),
    },
    callsPerRoute: entry.retries.per_route,
    capabilities: toCapabilities(entry.capabilities),
    notes: { source: entry.source ?? null, asOf: entry.as_of ?? null, shutdownDate: entry.shutdown_date ?? null },
  };
}

function toCapabilities(entry: ModelEntry['capabilities']): Capabilities {
  const all = {
    sizes: entry.sizes,
    aspectRatios: entry.aspect_ratios,
    resolutions: entry.resolutions,
    qualities: entry.qualities,
    maxN: entry.max_n,
    minDurationS: entry.min_duration_s,
    maxDurationS: entry.max_duration_s,
    defaultDurationS: entry.default_duration_s,
    audio: entry.audio,
    imageInput: entry.image_input,
    maxInputImages: entry.max_input_images,
    tools: entry.tools,
    embeddings: entry.embeddings,
  } satisfies { readonly [Name in keyof Capabilities]-?: Capabilities[Name] | undefined };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function toTeam(entry: ConfigFile['teams'][number]): ConfigTeam {
  return {
    name: entry.name,
    totalMicroUsd: entry.budget_usd.total ?? null,
    monthlyMicroUsd: entry.budget_usd.monthly ?? null,
    classBudgets: entry.class_budgets_usd,
    callbackSecret: entry.callback_secret ?? null,
    retentionDays: entry.retention_days ?? null,
    credentials: entry.credentials.map((credential) => ({
      name: credential.name,
      class: credential.class,
      key: credential.key,
      limitMicroUsd: credential.limit_usd ?? null,
      models: credential.models,
    })),
  };
}
