/** What a generation is asked to make: the canonical form behind the compatible endpoints and the tasks alike. */

/** `operation` is the kind of provider call; `type` (Modality) is what users see: all that is no image or video is `text`. */
export type Operation = TextOperation | 'image' | 'video';
/** Operations of the text lane: one call answers each. */
export const TEXT_OPERATIONS = ['chat', 'embedding', 'moderation', 'speech', 'transcription'] as const;
export type TextOperation = (typeof TEXT_OPERATIONS)[number];

/**
 * A chat request in OpenAI's chat-completions shape without `model`, `stream` and `stream_options`, which the lane sets.
 * Unknown fields travel to the provider.
 *
 * A request that came in Anthropic's format (`format`) keeps what only that format knows, for providers that speak it:
 * - `cache_control` on parts of a content, on tool calls and on tools, as it came
 * - an assistant's `thinking_blocks`: `[{type: 'thinking', thinking, signature} | {type: 'redacted_thinking', data}]`; answers have them too,
 *   beside `reasoning_content`
 * - `is_error: true` on a `tool` message
 * - tools that Anthropic defines, as they came: `{type: 'web_search_20250305', name: 'web_search'}`
 * - `params.thinking`, `params.output_config`, `params.top_k` and further ones as they came; `params.anthropic_beta`: what the header lists
 */
export interface ChatInput {
  readonly operation: 'chat';
  /** Absent: OpenAI's. */
  readonly format?: 'anthropic';
  readonly messages: readonly ChatMessage[];
  /** All other chat parameters: temperature, tools, n, max_completion_tokens ... */
  readonly params: Readonly<Record<string, unknown>>;
  /** Of a request to `/v1/responses`; no provider is sent it. */
  readonly response?: ResponseFrame;
}

/** What the object of a response (`/v1/responses`) says of its request beyond messages and params. */
export interface ResponseFrame {
  /** Id of the response whose conversation the messages begin with: "resp_018f…". */
  readonly previousId: string | null;
  /** The first message is the request's `instructions`. */
  readonly hasInstructions: boolean;
  /** False (`store: false`): it cannot be retrieved or continued. */
  readonly isStored: boolean;
  /** Reasoning goes to the client as `encrypted_content` too, which it sends back unread (`include`). */
  readonly sealsReasoning: boolean;
  /** Tools that providers are given as functions though the client gave them as something else, by name. */
  readonly standIns: Readonly<Record<string, StandIn>>;
  /** Fields of the request that its object repeats as they came: `reasoning`, `text`, `tool_choice`, `max_output_tokens` ... */
  readonly echo: Readonly<Record<string, unknown>>;
}

/** A tool that is no function: `custom` takes free text, `local_shell` a command. */
export type StandIn = 'custom' | 'local_shell';

export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [key: string]: unknown;
}

/** Parameters of a chat that OpenAI's format and Anthropic's share, by their canonical names: those that any server of OpenAI's format reads. */
export const SHARED_CHAT_PARAMS: ReadonlySet<string> = new Set([
  'max_tokens',
  'parallel_tool_calls',
  'response_format',
  'stop',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
  'user',
]);

/** An embeddings request in OpenAI's shape without `model`. */
export interface EmbeddingInput {
  readonly operation: 'embedding';
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** A moderations request in OpenAI's shape without `model`: a text, texts, or parts of one multi-modal input. */
export interface ModerationInput {
  readonly operation: 'moderation';
  readonly input: string | readonly string[] | readonly Readonly<Record<string, unknown>>[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** A request to read a text aloud, in OpenAI's shape without `model`. */
export interface SpeechInput {
  readonly operation: 'speech';
  readonly input: string;
  readonly voice: string | Readonly<Record<string, unknown>>;
  /** `instructions`, `response_format`, `speed`, `stream_format` and what else came; unknown fields travel to the provider. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A request to write down what is said in a file, in OpenAI's shape without `model`, `file` and `stream`. */
export interface TranscriptionInput {
  readonly operation: 'transcription';
  readonly file: {
    readonly assetId: string;
    readonly filename: string;
    readonly sizeBytes: number;
    /** As measured; null: its inside cannot be read. */
    readonly seconds: number | null;
  };
  /** Into English, whatever is spoken. */
  readonly isTranslation: boolean;
  readonly params: Readonly<Record<string, unknown>>;
}

/** An image or video that came in. After admission always `asset`: uploads and `data` go to S3 first, a URL is fetched by the run. */
export type MediaSource = { readonly assetId: string } | { readonly url: string };

export interface InputImage {
  readonly source: MediaSource;
  /** One of IMAGE_ROLES. An image's default is `reference`; a video's first image is the `first_frame`. */
  readonly role: string;
}

/** What an input image is for. */
export const IMAGE_ROLES = ['reference', 'first_frame', 'last_frame', 'style', 'subject', 'mask'] as const;
export type ImageRole = (typeof IMAGE_ROLES)[number];

/** What each image is for, also where its request does not say: `reference`; a video begins with the first such one. */
export function rolesOf(operation: 'image' | 'video', roles: readonly (ImageRole | undefined)[]): ImageRole[] {
  const first = operation === 'video' && !roles.includes('first_frame') ? roles.indexOf(undefined) : -1;
  return roles.map((role, index) => role ?? (index === first ? 'first_frame' : 'reference'));
}

/** The creative parameters, one name across models. Absent: the provider's default. */
export interface OutputParams {
  /** "1024x1024" */
  readonly size?: string;
  /** "16:9" */
  readonly aspect_ratio?: string;
  /** "720p", "1080p" */
  readonly resolution?: string;
  readonly quality?: string;
  readonly n?: number;
  readonly seed?: number;
  readonly duration_s?: number;
  readonly audio?: boolean;
  readonly watermark?: boolean | string;
  /** png | jpeg | webp | mp4 */
  readonly format?: string;
  readonly background?: string;
  /** 0..100, jpeg and webp */
  readonly compression?: number;
  /** Number of partial images to stream, 0..3. */
  readonly partial_images?: number;
}

/** An image or video request. */
export interface MediaInput {
  readonly operation: 'image' | 'video';
  readonly prompt: string;
  readonly negative_prompt?: string;
  readonly images: readonly InputImage[];
  readonly video?: MediaSource;
  readonly output: OutputParams;
  /** Provider-specific extras that the compatible endpoints let through (moderation, style, input_fidelity ...). */
  readonly params: Readonly<Record<string, unknown>>;
  /** A replay that takes up what this task's provider had delivered: nothing is called or paid again. */
  readonly resumes?: string;
}

/** What the text lane serves. */
export type TextInput = ChatInput | EmbeddingInput | ModerationInput | SpeechInput | TranscriptionInput;

export type GenerationInput = TextInput | MediaInput;

export function isMediaInput(input: GenerationInput): input is MediaInput {
  return isMediaOperation(input.operation);
}

/** True for images and videos, which have a workflow of their own; the text lane does the rest. */
export function isMediaOperation(operation: Operation): operation is 'image' | 'video' {
  return operation === 'image' || operation === 'video';
}

/** What was used, by the provider's report or by our count. Units as named. */
export interface Usage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written to the vendor's cache; among the input tokens, beside the cached ones. */
  readonly cacheWriteInputTokens?: number;
  /** Those of them that are kept for an hour. */
  readonly cacheWrite1hInputTokens?: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly images: number;
  readonly seconds: number;
  /** Of a text that was read aloud. */
  readonly characters?: number;
  /** True when we counted because the provider said nothing. */
  readonly estimated: boolean;
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  images: 0,
  seconds: 0,
  estimated: false,
};
