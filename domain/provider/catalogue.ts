import type { CredentialClass } from '../access/classes';
import type { Price } from '../money/price';
import type { ImageRole, OutputParams, TextOperation } from '../task/generation';

/** What a model makes. */
export type Modality = (typeof MODALITIES)[number];
export const MODALITIES = ['text', 'image', 'video'] as const;

/** How the routes of a model are ordered. `priority`: high to low, inside one priority drawn by weight; `weighted`: drawn by weight alone. */
export type Strategy = (typeof STRATEGIES)[number];
export const STRATEGIES = ['priority', 'weighted', 'cheapest', 'fastest'] as const;

/** What went wrong with a request itself, so that other models of ours may be tried. */
export type FallbackCause = (typeof FALLBACK_CAUSES)[number];
export const FALLBACK_CAUSES = ['content_policy', 'context_window'] as const;

/** One way to serve a model: a provider and the name the model has there. */
export interface Route {
  readonly provider: string;
  readonly model: string;
  /** Higher first. */
  readonly priority: number;
  /** Share inside one priority. */
  readonly weight: number;
  /** Goes into the provider's request as it is, under what the canonical parameters set: `{ mode: "pro" }`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The wire's name of a canonical parameter, at providers whose models each have their own: `{ images: "image_urls" }`. */
  readonly map?: Readonly<Record<string, string>>;
  /** Who may be served by it; absent: all. */
  readonly when?: { readonly classes: readonly CredentialClass[] };
  /** What the provider takes: as the file says, else its row of the price catalogue; absent: the model's price. */
  readonly cost?: Price;
  /** What its adapter has a place for; absent: all, the server judges. Not configured: the catalogue in memory has it. */
  readonly support?: MediaSupport;
  /** Of a text model: what its adapter can do. Absent: all. Not configured: the catalogue in memory has it. */
  readonly serves?: readonly TextOperation[];
}

/** What a model can do; absent means "not limited by us, the provider decides". */
export interface Capabilities {
  readonly sizes?: readonly string[];
  readonly aspectRatios?: readonly string[];
  readonly resolutions?: readonly string[];
  readonly qualities?: readonly string[];
  readonly maxN?: number;
  /** The durations of its videos, when it makes no others. */
  readonly durationsS?: readonly number[];
  readonly minDurationS?: number;
  readonly maxDurationS?: number;
  readonly defaultDurationS?: number;
  readonly audio?: boolean;
  readonly imageInput?: boolean;
  readonly maxInputImages?: number;
  /** Of an image model: it shows an image while it makes it. */
  readonly partialImages?: boolean;
  readonly roles?: readonly ImageRole[];
  readonly tools?: boolean;
  readonly embeddings?: boolean;
  readonly moderations?: boolean;
  readonly speech?: boolean;
  readonly transcriptions?: boolean;
}

/** A canonical creative parameter of an image or a video. */
export type MediaParameter = keyof OutputParams | 'negative_prompt';

/** What a vendor's wire format has a place for. */
export interface MediaSupport {
  readonly parameters: readonly MediaParameter[];
  /** Roles of input images; empty: it takes none. */
  readonly roles: readonly ImageRole[];
  /** Takes an input video. */
  readonly video?: boolean;
  /** What its models offer, where the configuration names nothing. */
  readonly capabilities?: Capabilities;
}

/** How long one attempt may take, in milliseconds. */
export interface Timeouts {
  /** Until the first byte of a stream. */
  readonly firstByteMs: number;
  /** Until the first byte of an answer that comes whole. */
  readonly wholeFirstByteMs: number;
  /** Between two pieces of a stream; a server's keep-alive comments are pieces. */
  readonly idleMs: number;
  /** Until the answer of an image's or video's submit begins. */
  readonly submitMs: number;
  /**
   * A whole answer or a media job: until its end. A stream: between two of its events, so that one which goes on may take as long as it
   * likes, and one that only keeps its connection alive may not.
   */
  readonly totalMs: number;
}

/** A model as users name it. */
export interface Model {
  readonly name: string;
  readonly modality: Modality;
  readonly tier: string | null;
  /** null: listed but refused with `model_not_priced`. */
  readonly price: Price | null;
  readonly routes: readonly Route[];
  /** Absent: `priority`. */
  readonly strategy?: Strategy;
  /** Other models of ours, in order, tried only after a failure of that cause. */
  readonly fallbacks?: Readonly<Partial<Record<FallbackCause, readonly string[]>>>;
  /** Bound of the output tokens when the request names none. */
  readonly maxOutputTokens: number;
  readonly contextWindow: number | null;
  readonly timeouts: Timeouts;
  /** Calls per route for errors that allow the same provider again; at least 1. */
  readonly callsPerRoute: number;
  readonly capabilities: Capabilities;
  /** For people who choose among models; absent: nothing was said. */
  readonly label?: string;
  readonly description?: string;
  /** Of an image that shows what it makes. */
  readonly previewUrl?: string;
  /** When its vendor ends it: an ISO date; absent: not known. */
  readonly shutdownDate?: string;
  /** An operator switched it off: it is listed and not served; what runs already goes on. */
  readonly disabled?: boolean;
  readonly createdAt: Date;
}

/**
 * What to do when nobody can tell whether a paid call was carried out. `stop`: end as `outcome_unknown`; `retry`: buy again. Null: as `stop`
 * when no answer came; after a 5xx that proves nothing, buy at the next provider and never again at this one.
 */
export type UnknownOutcomePolicy = 'stop' | 'retry';

/** One of the keys of a provider, with its secrets in clear. */
export interface ProviderKey {
  readonly name: string;
  /** The kind's own secret options, by their name in the file: `{ api_key: "sk-..." }`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Share of the calls among the provider's keys. */
  readonly weight: number;
}

/** When calls of a provider stop for a while: after so many failures of its own making within the window. */
export interface BreakerRule {
  readonly failures: number;
  readonly windowS: number;
  /** How long the first time; doubled each time that it is still failing, up to 5 minutes. */
  readonly openS: number;
}

export const DEFAULT_BREAKER: BreakerRule = { failures: 5, windowS: 30, openS: 20 };

/** A provider is called by ourselves every so many seconds; the installation pays for it. */
export interface ProbeRule {
  readonly everyS: number;
  /** A model of ours, or one of the provider's; absent: the first text model that it serves. */
  readonly model?: string;
}

/** Most calls of a provider, by all processes together. */
export interface ProviderLimits {
  readonly requestsPerMinute?: number;
  /** Calls under way at once; a media job counts until it has ended. */
  readonly concurrent?: number;
}

/** A configured provider, with its secret in clear: never logged, never sent anywhere but to the provider. */
export interface Provider {
  readonly name: string;
  /** One of the kinds that the configuration knows (`openai`, `sandbox`). */
  readonly kind: string;
  readonly baseUrl: string | null;
  /** The kind's own options that are secrets, by their name in the file: `{ api_key: "sk-..." }`. In clear. Of several keys: the first one's. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Absent: `secrets` are the one key, by the name "default". Adapters see one key only (`withKey`). */
  readonly keys?: readonly ProviderKey[];
  /** The kind's other options, as the file has them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True when the provider honours our Idempotency-Key, so that a paid call may be repeated safely. */
  readonly honoursIdempotencyKey: boolean;
  readonly unknownOutcome: UnknownOutcomePolicy | null;
  /** How often a job is looked at, in milliseconds; absent: as the adapter says. */
  readonly pollMs?: number;
  /** The provider is handed our callback address, where it has a place for one. */
  readonly webhooks?: boolean;
  /** Most media calls of one worker process at once. */
  readonly maxConcurrency: number;
  /** Somebody has set it, so that no other process calls beside the workers. */
  readonly isConcurrencyBound?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Classes of credentials that may reach it; absent: all. */
  readonly classes?: readonly CredentialClass[];
  readonly limits?: ProviderLimits;
  /** Absent: DEFAULT_BREAKER. */
  readonly breaker?: BreakerRule;
  /** Absent: it is called for requests only. */
  readonly probe?: ProbeRule;
  /** An operator switched it off: nothing new is sent there; jobs that it has are looked after. */
  readonly disabled?: boolean;
  /** The gateway that a move comes from: called with the caller's own old key, as `callerKey` names it, for these models (null: all). Not configured. */
  readonly ownKeys?: { readonly models: readonly string[] | null };
}

/** The name of the key of a provider that names none. */
export const DEFAULT_KEY = 'default';

const CALLER = 'caller:';

/** The name of a caller's own key at a provider that is called with it; no configured key is named so. */
export function callerKey(credentialId: number): string {
  return `${CALLER}${String(credentialId)}`;
}

/** Whose own key it is; null: it is one of the provider's. */
export function credentialOfKey(name: string | null | undefined): number | null {
  return name?.startsWith(CALLER) === true ? Number(name.slice(CALLER.length)) : null;
}

/** The key by which a place's failures are counted: what fails with callers' own keys is the provider as a whole. */
export function breakerKey(name: string | null | undefined): string {
  return name === null || name === undefined || credentialOfKey(name) !== null ? DEFAULT_KEY : name;
}

/** The keys of a provider; at least one. */
export function keysOf(provider: Provider): readonly ProviderKey[] {
  return provider.keys ?? [{ name: DEFAULT_KEY, secrets: provider.secrets, weight: 1 }];
}

/** The provider as it is reached with one of its keys; a key that left the configuration is replaced by the first one. */
export function withKey({ keys, ...provider }: Provider, name: string | null): Provider {
  const secrets = keys?.find((key) => key.name === name)?.secrets ?? provider.secrets;
  return { ...provider, secrets };
}

/** What must never show in a message: everything of the provider that may be secret. */
export function secretsOf(provider: Provider): readonly string[] {
  const keys = keysOf(provider).flatMap(({ secrets }) => Object.values(secrets));
  return [...new Set([...Object.values(provider.secrets), ...keys, ...Object.values(provider.headers)])];
}

/** The route by which a model is served by a provider; undefined when it left the configuration. */
export function routeOf(catalogue: Catalogue, model: string, at: { readonly provider: string; readonly model: string }): Route | undefined {
  return catalogue.models.get(model)?.routes.find((route) => route.provider === at.provider && route.model === at.model);
}

/** Everything that is configured and enabled, as one immutable snapshot. */
export interface Catalogue {
  /** Rises with every change. */
  readonly version: number;
  readonly models: ReadonlyMap<string, Model>;
  readonly providers: ReadonlyMap<string, Provider>;
}

/** May the model be asked for now? Switched off, without a price or without a provider it is listed only. */
export function isAvailable(model: Model, { providers }: Catalogue): boolean {
  return model.disabled !== true && model.price !== null && model.routes.some((route) => providers.has(route.provider));
}
