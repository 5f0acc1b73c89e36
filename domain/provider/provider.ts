import type { Balance } from './balance';
import type { Provider, Timeouts } from './catalogue';
import type {
  ChatInput,
  EmbeddingInput,
  ModerationInput,
  Operation,
  OutputParams,
  SpeechInput,
  TranscriptionInput,
  Usage,
} from '../task/generation';
import type { AppError, ErrorCode } from '../errors';
import type { MicroUsd } from '../money/money';
import type { CallbackReading, ProviderCallback } from './callback';

/**
 * Ports to the outside models. An adapter throws AppError only, its code by the class of the failure:
 * `rate_limited`, `provider_unavailable` (refused or 5xx, surely not accepted),
 * `provider_timeout` (gave up before the request was accepted), `outcome_unknown` (sent whole, no answer), `provider_bad_response`,
 * `provider_auth`, `provider_not_found`, `provider_rejected`, `content_policy_violation`, `context_length_exceeded`, `cancelled` (our
 * own signal). Adapters never retry and never log bodies or keys.
 *
 * What becomes of a job is no exception: a provider's verdict about a job, failure included, is *returned* by `submit` and `poll`; what they
 * *throw* is trouble with asking, which says nothing about the job.
 */
export interface CallContext {
  /** Aborts the call; the adapter then throws `cancelled`, or the signal's own reason when that is an AppError. */
  readonly signal: AbortSignal;
  /** `<task id>:<attempt>`: sent as the provider's idempotency key. */
  readonly operationKey: string;
  readonly timeouts: Timeouts;
}

export interface ChatCall extends CallContext {
  readonly model: string;
  /** The route's `options`: under what the request says. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The bound of the answer's tokens that was reserved: sent by wire formats that must name one. */
  readonly maxOutputTokens?: number;
  readonly input: ChatInput;
  /**
   * Given: stream, and hand over each chunk of OpenAI's `chat.completion.chunk` shape (any id and model) as it comes. A promise asks to
   * read no more from the provider until it resolves: the client reads slowly.
   */
  readonly onChunk?: (chunk: ChatChunk) => void | Promise<void>;
}

/** A `chat.completion.chunk` as clients expect it (docs/providers/openai.md says what is repaired); unknown fields travel along. */
export interface ChatChunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
    readonly [key: string]: unknown;
  }[];
  readonly usage?: unknown;
  readonly [key: string]: unknown;
}

export interface ChatAnswer {
  /** `choices` of OpenAI's `chat.completion`; for streams put together from the chunks. */
  readonly choices: readonly Readonly<Record<string, unknown>>[];
  /** OpenAI-shaped usage as reported, null when the provider said nothing. */
  readonly usage: ReportedUsage | null;
  readonly upstreamId: string | null;
  /** All other top-level fields, to be handed on (`system_fingerprint`, `citations`, `search_results` ...). */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A provider's usage: ours, and the original object to hand on to the client. */
export interface ReportedUsage {
  readonly usage: Usage;
  readonly original: Readonly<Record<string, unknown>>;
}

export interface EmbeddingAnswer {
  /** `data` of OpenAI's embeddings list. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly usage: ReportedUsage | null;
  readonly upstreamId: string | null;
}

export interface EmbeddingCall extends CallContext {
  readonly model: string;
  readonly input: EmbeddingInput;
}

export interface ModerationCall extends CallContext {
  readonly model: string;
  readonly input: ModerationInput;
}

export interface ModerationAnswer {
  /** `results` of OpenAI's moderations, one for each input. */
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly usage: ReportedUsage | null;
  readonly upstreamId: string | null;
  /** All other top-level fields, to be handed on. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface SpeechCall extends CallContext {
  readonly model: string;
  /** The route's `options`: under what the request says. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly input: SpeechInput;
  /** Takes the sound as it comes. A promise asks to read no more from the provider until it resolves. May throw to end the call. */
  readonly onAudio: (bytes: Uint8Array, contentType: string) => void | Promise<void>;
}

export interface SpeechAnswer {
  readonly usage: ReportedUsage | null;
  readonly upstreamId: string | null;
}

export interface TranscriptionCall extends CallContext {
  readonly model: string;
  /** The route's `options`: under what the request says. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly input: TranscriptionInput;
  readonly file: MediaFile;
  /** Given: stream, and hand over each event of OpenAI's shape (`transcript.text.delta` ...) as it comes, but for the last, which is the answer. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>) => void | Promise<void>;
}

export interface TranscriptionAnswer {
  /** OpenAI's object; of the formats that are text, `{text}`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How long the file is by the provider; null: it did not say. */
  readonly seconds: number | null;
  readonly usage: ReportedUsage | null;
}

export interface TextProvider {
  chat(call: ChatCall): Promise<ChatAnswer>;
  embed(call: EmbeddingCall): Promise<EmbeddingAnswer>;
  /** Missing where the wire format has none; `Route.serves` says so before anything is reserved. */
  moderate?(call: ModerationCall): Promise<ModerationAnswer>;
  speak?(call: SpeechCall): Promise<SpeechAnswer>;
  transcribe?(call: TranscriptionCall): Promise<TranscriptionAnswer>;
  /** How many input tokens the provider counts for a chat; nothing is generated or charged. Missing where the provider cannot say. */
  countTokens?(call: Omit<ChatCall, 'onChunk'>): Promise<number>;
}

/** A file for the provider. Its bytes flow from S3 as they are read: an adapter hands them on, and holds only what is small. */
export interface MediaFile {
  readonly role: string;
  readonly contentType: string;
  readonly filename: string;
  readonly sizeBytes: number;
  /**
   * Reads the bytes, from the beginning at each call. Reading goes on where it was when S3 is away for a while.
   * @throws (from the iterator) AppError `service_unavailable` when it stays away, `not_found`
   */
  open(): AsyncIterable<Uint8Array>;
}

export interface MediaCall extends CallContext {
  readonly kind: 'image' | 'video';
  readonly model: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly images: readonly MediaFile[];
  readonly video: MediaFile | null;
  /** Canonical: `aspect_ratio` "16:9", `resolution` "720p", `size` "1024x1024", `duration_s` a number. Seed 0 and `false` are values. */
  readonly output: OutputParams;
  readonly params: Readonly<Record<string, unknown>>;
  /** The route's `options`: into the request as they are, under what the canonical parameters set. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The route's `map`: the wire's name of a canonical parameter. */
  readonly map?: Readonly<Record<string, string>>;
  /** Where the provider may tell that the job has moved; null: nobody listens, do not hand one over. */
  readonly callbackUrl?: string | null;
  /** Hand over a partial image as it comes (0-based index). */
  readonly onPartial?: (partial: { readonly index: number; readonly bytes: Uint8Array; readonly contentType: string }) => Promise<void>;
}

/**
 * A finished result: bytes in hand, a link, or something to fetch through the adapter by `ref`. `missing`: one of several that the provider
 * did not make, with its reason; it is not charged.
 */
export type ProviderOutput =
  | { readonly from: 'missing'; readonly code: ErrorCode; readonly message: string; readonly revisedPrompt: null }
  | { readonly from: 'bytes'; readonly bytes: Uint8Array; readonly contentType: string; readonly revisedPrompt: string | null }
  | { readonly from: 'url'; readonly url: string; readonly revisedPrompt: string | null }
  | { readonly from: 'provider'; readonly ref: string; readonly revisedPrompt: string | null };

export interface MediaResult {
  readonly outputs: readonly ProviderOutput[];
  readonly usage: Usage | null;
  /** The price the provider itself reports. */
  readonly reportedMicroUsd: MicroUsd | null;
}

/**
 * A job that ended without a result. The error's code is the class that decides what follows; its facts hold the provider's code and
 * words, and what it charged (`chargedMicroUsd`) if it said so.
 *
 * @example { state: 'failed', error: new AppError('provider_unavailable', 'The job failed: out of memory', { providerCode: 'server_error' }) }
 */
export interface JobFailure {
  /** `cancelled`: stopped at the provider by somebody else than its task. */
  readonly state: 'failed' | 'cancelled';
  readonly error: AppError;
}

/** Answer to a submit. `accepted`: a job to poll. */
export type Submission =
  | { readonly state: 'completed'; readonly upstreamId: string | null; readonly result: MediaResult }
  | { readonly state: 'accepted'; readonly upstreamId: string; readonly pollAfterMs: number }
  | (JobFailure & { readonly upstreamId: string | null });

/** The state of a job, as its provider tells it. */
export type JobState =
  | {
      readonly state: 'pending';
      /** 0..1 or null */
      readonly progress: number | null;
      readonly pollAfterMs: number;
      /** The provider's word for the state when the adapter does not know it: counted as pending. */
      readonly unknownStatus?: string;
    }
  | { readonly state: 'completed'; readonly result: MediaResult }
  | JobFailure;

export interface JobRef {
  readonly kind: 'image' | 'video';
  readonly model: string;
  readonly upstreamId: string;
  readonly signal: AbortSignal;
}

export interface MediaProvider {
  submit(call: MediaCall): Promise<Submission>;
  /**
   * Asks for a job's state.
   * @throws AppError `provider_not_found` when the provider does not know the job (yet); any other: asking failed, ask again
   */
  poll(job: JobRef): Promise<JobState>;
  /** Opens an output of kind `provider`. The body ends or errors; the caller caps its size. */
  open(job: JobRef, ref: string): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly contentType: string | null }>;
  /**
   * Reads what came to `callbackUrl`. The address itself is secret and says which job it is; a job is only ever believed after `poll`, so a
   * provider that signs nothing is heard as a hint.
   */
  readCallback?(callback: ProviderCallback): Promise<CallbackReading>;
  /** Asks the provider to stop a job; resolves to false when it cannot, or says that it charges for it all the same. A look tells why. */
  cancel?(job: JobRef): Promise<boolean>;
  /** Looks a job up by our operation key after an ambiguous submit; null when the provider surely has none. */
  find?(operationKey: string, signal: AbortSignal): Promise<string | null>;
}

/** What an adapter offers; `text` or `media` may be missing. */
export interface ProviderAdapter {
  readonly text?: TextProvider;
  readonly media?: MediaProvider;
  /**
   * What is left of the account, by currency; empty: it has no limit. Asking is free. Missing where the vendor has no call for it.
   * @throws AppError as all calls do
   */
  balance?(signal: AbortSignal): Promise<readonly Balance[]>;
  /** Draws a watermark of its own for `watermark: true`; one in the caller's words is drawn when the result is stored. */
  readonly drawsWatermark: boolean;
}

/**
 * Finds the adapter of a configured provider.
 * @param key - the name of one of its keys; absent or null: the first one
 * @throws AppError `internal` for an unknown kind
 */
export type ProviderRegistry = (provider: Provider, key?: string | null) => ProviderAdapter;

/**
 * Which parameters of a request do not reach a route's provider as they were given; none where it speaks the format of the request. `null`
 * is a parameter that was not given.
 * @example droppedParams(sandbox, 'sandbox-text', { operation: 'chat', params: { temperature: 1, web_search_options: {} } })
 *   // ['web_search_options']
 */
export type DroppedParams = (
  provider: Provider,
  model: string,
  request: {
    readonly operation: Operation;
    readonly params: Readonly<Record<string, unknown>>;
    readonly messages?: ChatInput['messages'] | undefined;
    readonly format?: ChatInput['format'];
  },
) => readonly string[];

/**
 * A provider's own count of the input tokens of a chat, free of charge; null: it has none, or did not say in time.
 * `upstreamModel`: the model's name at the provider.
 */
export type TokenCounter = (
  provider: Provider,
  request: { readonly upstreamModel: string; readonly timeouts: Timeouts; readonly input: ChatInput },
) => Promise<number | null>;
