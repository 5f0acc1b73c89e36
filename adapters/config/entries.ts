import { isDeepStrictEqual } from 'node:util';
import type { ConfigModel } from '../../domain/config/document';
import { priceFields } from '../../domain/money/price-fields';
import type { Price } from '../../domain/money/price';
import { capabilityFields } from '../../domain/provider/capability-fields';
import type { Provider, Route } from '../../domain/provider/catalogue';
import type { FileEntry } from '../../domain/provider/definitions';
import { given } from '../../lib/given';
import { endOf, routeCost, type Kinds } from './document';
import { PROVIDER_KINDS } from '../providers/kinds';

// The way back of `document.ts`: providers and models in the spelling of the file, with every default written out.

/** What stands in the place of a secret. */
export interface SecretWords {
  /** @param key - of one of the provider's `keys`; null: beside its other options */
  secret(option: string, clear: string, key: string | null): unknown;
  header(name: string, clear: string): string;
}

/** Secrets as they are: never answered, never written down. */
export const IN_CLEAR: SecretWords = { secret: (_option, clear) => clear, header: (_name, clear) => clear };

export function providerEntry(provider: Provider, words: SecretWords = IN_CLEAR): FileEntry {
  const isReached = PROVIDER_KINDS.find(({ kind }) => kind === provider.kind)?.address !== 'none';
  const { limits, breaker, probe } = provider;
  const secrets = (clear: Readonly<Record<string, string>>, key: string | null) =>
    Object.fromEntries(Object.entries(clear).map(([option, value]) => [option, words.secret(option, value, key)]));
  return given({
    name: provider.name,
    kind: provider.kind,
    ...(isReached ? networkEntry(provider, words) : {}),
    ...provider.options,
    ...(provider.keys === undefined ? secrets(provider.secrets, null) : {}),
    keys: provider.keys?.map((key) => given({ name: key.name, weight: key.weight, ...secrets(key.secrets, key.name) })),
    max_concurrency: provider.isConcurrencyBound === true ? provider.maxConcurrency : undefined,
    classes: provider.classes,
    limits: limits && given({ requests_per_minute: limits.requestsPerMinute, concurrent: limits.concurrent }),
    breaker: breaker && { failures: breaker.failures, window_s: breaker.windowS, open_s: breaker.openS },
    probe: probe && given({ every_s: probe.everyS, model: probe.model }),
  }) as FileEntry;
}

function networkEntry(provider: Provider, words: SecretWords) {
  return {
    base_url: provider.baseUrl ?? undefined,
    headers: Object.fromEntries(Object.entries(provider.headers).map(([name, value]) => [name, words.header(name, value)])),
    honours_idempotency_key: provider.honoursIdempotencyKey,
    on_unknown_outcome: provider.unknownOutcome ?? undefined,
    poll_ms: provider.pollMs,
    webhooks: provider.webhooks === true,
  };
}

/** @param kinds - of the providers, to tell what a route costs by itself from what the model says of it */
export function modelEntry(model: ConfigModel, kinds: Kinds): FileEntry {
  const { firstByteMs, wholeFirstByteMs, idleMs, submitMs, totalMs } = model.timeouts;
  const routes = model.routes.map((route) => routeEntry(route, model, kinds));
  const entry = {
    name: model.name,
    enabled: model.disabled === true ? false : undefined,
    modality: model.modality,
    tier: model.tier ?? undefined,
    price: model.price === null ? undefined : priceEntry(model.price),
    routes,
    strategy: model.strategy,
    fallbacks: model.fallbacks,
    max_output_tokens: model.maxOutputTokens,
    context_window: model.contextWindow ?? undefined,
    timeouts: given({
      first_byte_ms: firstByteMs === wholeFirstByteMs ? firstByteMs : undefined,
      submit_ms: submitMs,
      idle_ms: idleMs,
      total_ms: totalMs,
    }),
    retries: { per_route: model.callsPerRoute },
    capabilities: capabilityFields(model.capabilities),
    label: model.label,
    description: model.description,
    preview_url: model.previewUrl,
    source: model.notes.source ?? undefined,
    as_of: model.notes.asOf ?? undefined,
  };
  // A date that follows from the routes moves with them.
  const { shutdownDate } = model.notes;
  return given({
    ...entry,
    shutdown_date: shutdownDate === endOf(model.routes, kinds) ? undefined : (shutdownDate ?? undefined),
  }) as FileEntry;
}

function routeEntry(route: Route, { modality }: ConfigModel, kinds: Kinds) {
  const { provider, model, priority, weight, when, options, map, cost } = route;
  const isKnown = cost !== undefined && isDeepStrictEqual(cost, routeCost(route, modality, kinds));
  return given({
    provider,
    model,
    priority,
    weight,
    when,
    cost: cost === undefined || isKnown ? undefined : priceEntry(cost),
    options,
    map,
  });
}

function priceEntry(price: Price): unknown {
  if (price.kind === 'free') return 'free';
  const isRow = (value: unknown): value is readonly object[] => Array.isArray(value);
  return Object.fromEntries(
    Object.entries(priceFields(price)).map(([name, value]: [string, unknown]) => [name, isRow(value) ? value.map(withoutNulls) : value]),
  );
}

function withoutNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
