import type { Price } from '../money/price';

/** What a model makes. */
export type Modality = (typeof MODALITIES)[number];
export const MODALITIES = ['text', 'image', 'video'] as const;

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
}

/** What a model can do; absent means "not limited by us, the provider decides". */
export interface Capabilities {
  readonly sizes?: readonly string[];
  readonly aspectRatios?: readonly string[];
  readonly resolutions?: readonly string[];
  readonly qualities?: readonly string[];
  readonly maxN?: number;
  readonly minDurationS?: number;
  readonly maxDurationS?: number;
  readonly defaultDurationS?: number;
  readonly audio?: boolean;
  readonly imageInput?: boolean;
  readonly maxInputImages?: number;
  readonly tools?: boolean;
  readonly embeddings?: boolean;
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
  /** Bound of the output tokens when the request names none. */
  readonly maxOutputTokens: number;
  readonly contextWindow: number | null;
  readonly timeouts: Timeouts;
  /** Calls per route for errors that allow the same provider again; at least 1. */
  readonly callsPerRoute: number;
  readonly capabilities: Capabilities;
  readonly createdAt: Date;
}

/** What to do when a paid call was sent and no answer came. `stop`: end as `outcome_unknown`; `retry`: buy again. */
export type UnknownOutcomePolicy = 'stop' | 'retry';

/** A configured provider, with its secret in clear: never logged, never sent anywhere but to the provider. */
export interface Provider {
  readonly name: string;
  /** One of the kinds that the configuration knows (`openai`, `sandbox`). */
  readonly kind: string;
  readonly baseUrl: string | null;
  /** The kind's own options that are secrets, by their name in the file: `{ api_key: "sk-..." }`. In clear. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The kind's other options, as the file has them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True when the provider honours our Idempotency-Key, so that a paid call may be repeated safely. */
  readonly honoursIdempotencyKey: boolean;
  readonly unknownOutcome: UnknownOutcomePolicy;
  /** How often a job is looked at, in milliseconds; absent: as the adapter says. */
  readonly pollMs?: number;
  /** The provider is handed our callback address, where it has a place for one. */
  readonly webhooks?: boolean;
  /** Most media calls of one worker process at once. */
  readonly maxConcurrency: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What must never show in a message: everything of the provider that may be secret. */
export function secretsOf(provider: Provider): readonly string[] {
  return [...Object.values(provider.secrets), ...Object.values(provider.headers)];
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
