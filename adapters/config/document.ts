import type {
  BreakerRule,
  Capabilities,
  Modality,
  ProbeRule,
  Provider,
  ProviderKey,
  ProviderLimits,
  Route,
  Timeouts,
} from '../../domain/provider/catalogue';
import { given } from '../../lib/given';
import { UNBOUND } from '../../domain/access/caller';
import type { Price } from '../../domain/money/price';
import type { BudgetLimits, BudgetPeriod } from '../../domain/money/budget';
import type { MicroUsd } from '../../domain/money/money';
import type { ConfigBudget, ConfigDocument, ConfigModel, ConfigTeam } from '../../domain/config/document';
import { bodyPolicyOf } from '../../domain/records/bodies';
import { catalogueCost, cataloguePrice, catalogueRow } from './price-catalogue';
import { toPrice } from './price-schema';
import { PROVIDER_KINDS } from '../providers/kinds';
import type { BreakerEntry, BudgetEntry, ConfigFile, ModelEntry, ProviderEntry } from './schema';

/** A checked file in the units and names of the domain. */
export function toDocument(file: ConfigFile): ConfigDocument {
  const kinds = new Map(file.providers.map(({ name, kind }) => [name, kind]));
  return {
    providers: file.providers.map((entry) => toProvider(entry, file.breaker)),
    models: file.models.map((entry) => toModel(entry, kinds)),
    teams: file.teams.map(toTeam),
    organisation: file.organisation === undefined ? null : toBudget(file.organisation.budget_usd),
    alerts: file.alerts,
    retention: file.retention.map(({ kind, team = null, class: ofClass = null, days }) => ({
      kind,
      team,
      class: ofClass,
      days: days === 'forever' ? null : days,
    })),
  };
}

/** Media calls of a process at once, of a provider that says nothing. */
const DEFAULT_CONCURRENCY = 16;

export function toProvider(entry: ProviderEntry, breakerOfAll: BreakerEntry | undefined): Provider {
  const descriptor = PROVIDER_KINDS.find(({ kind }) => kind === entry.kind);
  const named = Object.keys(descriptor?.options ?? {}).filter((option) => entry[option] !== undefined);
  const isSecret = (option: string) => descriptor?.secretOptions.includes(option) ?? false;
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((option) => [option, entry[option]]));
  const ofAll = pick(named.filter(isSecret)) as Record<string, string>;
  const keys = entry.keys?.map(({ name, weight, ...secrets }): ProviderKey => ({
    name,
    weight,
    secrets: { ...ofAll, ...(secrets as Record<string, string>) },
  }));
  const breaker = entry.breaker ?? breakerOfAll;
  return {
    name: entry.name,
    kind: entry.kind,
    maxConcurrency: entry.max_concurrency ?? DEFAULT_CONCURRENCY,
    ...(entry.max_concurrency === undefined ? {} : { isConcurrencyBound: true }),
    baseUrl: entry.base_url?.replace(/\/+$/, '') ?? null,
    headers: entry.headers ?? {},
    secrets: keys?.[0]?.secrets ?? ofAll,
    ...(keys === undefined ? {} : { keys }),
    options: pick(named.filter((option) => !isSecret(option))),
    honoursIdempotencyKey: entry.honours_idempotency_key ?? false,
    unknownOutcome: entry.on_unknown_outcome ?? null,
    ...(entry.poll_ms === undefined ? {} : { pollMs: entry.poll_ms }),
    ...(entry.webhooks === true ? { webhooks: true } : {}),
    ...(entry.classes === undefined ? {} : { classes: entry.classes }),
    ...(entry.limits === undefined ? {} : { limits: toLimits(entry.limits) }),
    ...(breaker === undefined ? {} : { breaker: toBreaker(breaker) }),
    ...(entry.probe === undefined ? {} : { probe: toProbe(entry.probe) }),
  };
}

function toLimits({ requests_per_minute, concurrent }: NonNullable<ProviderEntry['limits']>): ProviderLimits {
  return {
    ...(requests_per_minute === undefined ? {} : { requestsPerMinute: requests_per_minute }),
    ...(concurrent === undefined ? {} : { concurrent }),
  };
}

function toBreaker(entry: BreakerEntry): BreakerRule {
  return { failures: entry.failures, windowS: entry.window_s, openS: entry.open_s };
}

function toProbe({ every_s, model }: NonNullable<ProviderEntry['probe']>): ProbeRule {
  return { everyS: every_s, ...(model === undefined ? {} : { model }) };
}

/** Kinds of providers by their names. */
export type Kinds = ReadonlyMap<string, string>;

export function toModel(entry: ModelEntry, kinds: Kinds): ConfigModel {
  return {
    name: entry.name,
    modality: entry.modality,
    tier: entry.tier ?? null,
    price: modelPrice(entry, kinds),
    routes: entry.routes.map((route) => toRoute(route, entry.modality, kinds)),
    ...(entry.enabled === false ? { disabled: true } : {}),
    ...(entry.strategy === undefined ? {} : { strategy: entry.strategy }),
    ...(entry.fallbacks === undefined ? {} : { fallbacks: entry.fallbacks }),
    maxOutputTokens: entry.max_output_tokens,
    contextWindow: entry.context_window ?? null,
    timeouts: toTimeouts(entry),
    callsPerRoute: entry.retries.per_route,
    capabilities: toCapabilities(entry.capabilities),
    ...given({ label: entry.label, description: entry.description, previewUrl: entry.preview_url }),
    notes: toNotes(entry, kinds),
  };
}

function modelPrice({ modality, price, routes }: ModelEntry, kinds: Kinds): Price | null {
  if (price !== 'catalogue') return price === undefined ? null : toPrice(price);
  const found = cataloguePrice(
    modality,
    routes.map(({ provider, model }) => ({ kind: kinds.get(provider) ?? '', provider, model })),
  );
  return 'price' in found ? found.price : null;
}

/** Without dates of its own a model ends with the last of its routes, and its price was read when the oldest of the rows was. */
function toNotes({ price, routes, source, as_of, shutdown_date }: ModelEntry, kinds: Kinds): ConfigModel['notes'] {
  const rows = routes.map(({ provider, model }) => catalogueRow(kinds.get(provider) ?? '', model));
  const known = rows.filter((row) => row !== undefined);
  const isTaken = price === 'catalogue' && known.length > 0;
  return {
    source: source ?? (isTaken ? [...new Set(known.map((row) => row.source))].join('; ') : null),
    asOf: as_of ?? (isTaken ? (known.map((row) => row.asOf).sort()[0] ?? null) : null),
    shutdownDate: shutdown_date ?? endOf(routes, kinds),
  };
}

/** When the last of the routes ends, by the catalogue; null: not all of them do. */
export function endOf(routes: readonly Pick<Route, 'provider' | 'model'>[], kinds: Kinds): string | null {
  const ends = routes.map(({ provider, model }) => catalogueRow(kinds.get(provider) ?? '', model)?.shutdownDate ?? null);
  const known = ends.filter((date) => date !== null);
  return known.length === routes.length ? (known.sort().at(-1) ?? null) : null;
}

function toRoute({ options, map, when, cost, ...route }: ModelEntry['routes'][number], modality: Modality, kinds: Kinds): Route {
  const known = cost === undefined ? routeCost(route, modality, kinds) : toPrice(cost);
  return {
    ...route,
    ...(options === undefined ? {} : { options }),
    ...(map === undefined ? {} : { map }),
    ...(when === undefined ? {} : { when }),
    ...(known === null ? {} : { cost: known }),
  };
}

/** What the catalogue says the provider takes; null: nothing, or for models of another modality. */
export function routeCost(
  { provider, model }: { readonly provider: string; readonly model: string },
  modality: Modality,
  kinds: Kinds,
): Price | null {
  const kind = kinds.get(provider) ?? '';
  return catalogueRow(kind, model)?.modality === modality ? catalogueCost(kind, model) : null;
}

function toTimeouts({ modality, timeouts }: ModelEntry): Timeouts {
  const totalMs = timeouts.total_ms ?? (modality === 'text' ? 600_000 : 3_600_000);
  return {
    firstByteMs: timeouts.first_byte_ms ?? 30_000,
    // An answer that is not streamed sends nothing before it is done, and models think long.
    wholeFirstByteMs: timeouts.first_byte_ms ?? totalMs,
    idleMs: timeouts.idle_ms,
    submitMs: timeouts.submit_ms ?? 60_000,
    totalMs,
  };
}

function toCapabilities(entry: ModelEntry['capabilities']): Capabilities {
  const all = {
    sizes: entry.sizes,
    aspectRatios: entry.aspect_ratios,
    resolutions: entry.resolutions,
    qualities: entry.qualities,
    maxN: entry.max_n,
    durationsS: entry.durations_s,
    minDurationS: entry.min_duration_s,
    maxDurationS: entry.max_duration_s,
    defaultDurationS: entry.default_duration_s,
    audio: entry.audio,
    imageInput: entry.image_input,
    maxInputImages: entry.max_input_images,
    partialImages: entry.partial_images,
    roles: entry.roles,
    tools: entry.tools,
    embeddings: entry.embeddings,
    moderations: entry.moderations,
    speech: entry.speech,
    transcriptions: entry.transcriptions,
  } satisfies { readonly [Name in keyof Capabilities]-?: Capabilities[Name] | undefined };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function toTeam(entry: ConfigFile['teams'][number]): ConfigTeam {
  return {
    name: entry.name,
    budget: toBudget(entry.budget_usd),
    classBudgets: Object.fromEntries(Object.entries(entry.class_budgets_usd).map(([name, budget]) => [name, toBudget(budget)])),
    timeZone: entry.time_zone,
    projects: entry.projects.map(({ name, budget_usd: budget }) => ({ name, budget: toBudget(budget) })),
    callbackSecret: entry.callback_secret ?? null,
    retentionDays: entry.retention_days ?? null,
    logBodies: bodyPolicyOf(entry.log_bodies ?? null),
    modelTiers: entry.model_tiers,
    credentials: entry.credentials.map((credential) => ({
      name: credential.name,
      class: credential.class,
      key: credential.key ?? null,
      limits: limitsOf({
        total: credential.limits?.total_usd ?? credential.limit_usd,
        monthly: credential.limits?.monthly_usd,
        daily: credential.limits?.daily_usd,
      }),
      models: credential.models,
      defaults: { images: credential.images_default, models: credential.models_default ?? null },
      project: credential.project ?? null,
      owner: credential.owner ?? null,
      purpose: credential.purpose ?? null,
      bounds: {
        ...UNBOUND,
        expiresAt: credential.expires_at === undefined ? null : new Date(credential.expires_at),
        ipAllow: credential.ip_allow ?? null,
        endpoints: credential.endpoints ?? null,
        modelTiers: credential.model_tiers ?? null,
        maxCostPerRequestMicroUsd: credential.max_cost_per_request_usd ?? null,
        rate: {
          requestsPerMinute: credential.rate?.requests_per_minute ?? null,
          tokensPerMinute: credential.rate?.tokens_per_minute ?? null,
          concurrent: credential.rate?.concurrent ?? null,
        },
      },
    })),
  };
}

function toBudget({ warn_percent: warnPercent, ...limits }: BudgetEntry): ConfigBudget {
  return { limits: limitsOf(limits), warnPercent: [...new Set(warnPercent)].sort((a, b) => a - b) };
}

function limitsOf(given: { readonly [Period in BudgetPeriod]?: MicroUsd | undefined }): BudgetLimits {
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined));
}
