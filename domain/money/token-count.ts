import type { Model } from '../provider/catalogue';
import {
  isMediaInput,
  NO_USAGE,
  type EmbeddingInput,
  type GenerationInput,
  type SpeechInput,
  type TextInput,
  type TranscriptionInput,
  type Usage,
} from '../task/generation';
import { answerImageTokens, mediaTokens, soundTokens } from './media-tokens';

/** Tokens a provider adds around each message or embedding input (role, separators, name), generously. */
const TOKENS_PER_MESSAGE = 16;
/** Tokens a provider adds around a request (priming of the answer, hidden tool preamble). */
const TOKENS_PER_REQUEST = 64;
/** A token is about four bytes of English; counted up, so that nothing delivered counts as nothing. */
const BYTES_PER_TOKEN = 4;

/** Parameters of a chat request whose text the provider counts as input. */
const PROMPT_PARAMETERS = ['tools', 'functions', 'response_format', 'tool_choice', 'function_call', 'prediction'] as const;

/** What an input holds: one walk over it serves the bound and the estimate, so the one is never below the other. */
interface Contents {
  /** Bytes of text, names included, and one for each bracket, comma, number or word. */
  textBytes: number;
  /** Messages or embedding inputs. */
  messages: number;
  /** Tokens that came as numbers. */
  tokens: number;
  mediaBound: number;
  mediaEstimate: number;
}

/**
 * Upper bound of the input tokens of a request, whatever the tokenizer: a token of a byte-level vocabulary covers at least one
 * UTF-8 byte, so text counts its bytes; each message adds an overhead; images, audio and files count by size (`mediaTokens`).
 * @returns whole tokens; 0 for image and video requests, which are not priced by token
 */
export function inputTokenBound(input: GenerationInput): number {
  if (isMediaInput(input)) return 0;
  const { textBytes, messages, tokens, mediaBound } = contentsOf(input);
  const overhead = input.operation === 'chat' ? TOKENS_PER_REQUEST : TOKENS_PER_MESSAGE;
  return overhead + messages * TOKENS_PER_MESSAGE + textBytes + tokens + mediaBound;
}

/** Our count of a request's input tokens, for providers that report none and for cut streams. Never above `inputTokenBound`. */
export function inputTokenEstimate(input: TextInput): number {
  const { textBytes, tokens, mediaEstimate } = contentsOf(input);
  return Math.ceil(textBytes / BYTES_PER_TOKEN) + tokens + mediaEstimate;
}

/**
 * Our count of the tokens of an answer's message, or of a piece of one: all it holds but its role; images, inline ones included, count
 * as images. Not rounded, so that pieces add up.
 */
export function outputTokenEstimate(message: Readonly<Record<string, unknown>>): number {
  let tokens = 0;
  for (const [name, value] of Object.entries(message)) {
    // Signed or sealed thinking goes out beside its text, or in place of it: neither seal nor repetition is output.
    if (name === 'role' || name === 'thinking_blocks' || value === null || value === undefined || value === '') continue;
    if (name === 'audio' && isRecord(value) && typeof value['data'] === 'string') {
      tokens += soundTokens(value).estimate + outputTokenEstimate({ ...value, data: null });
    } else tokens += answerTokens(value);
  }
  return tokens;
}

/**
 * Upper bound of the output tokens of one choice: what the request names, else the model's `max_output_tokens`.
 * Both spellings given: the larger, since providers differ in which they obey.
 */
export function maxOutputTokens(model: Pick<Model, 'maxOutputTokens'>, input: GenerationInput): number {
  if (input.operation === 'speech') return speechTokens(input, SPEECH_TOKENS_BOUND);
  if (input.operation === 'transcription') return Math.ceil(mostSeconds(input) * SAID_TOKENS_BOUND);
  if (input.operation !== 'chat') {
    return 0;
  }
  const named = [input.params['max_completion_tokens'], input.params['max_tokens']].filter(isCount);
  return named.length === 0 ? model.maxOutputTokens : Math.ceil(Math.max(...named));
}

/** Sound tokens for each byte of the text, by OpenAI's speech models: usually, and at most. */
const SPEECH_TOKENS = 1.5;
const SPEECH_TOKENS_BOUND = 4;

/** Our count of the usage of a text that is read aloud. */
export function speechUsage(input: SpeechInput): Usage {
  return {
    ...NO_USAGE,
    inputTokens: inputTokenEstimate(input),
    outputTokens: speechTokens(input, SPEECH_TOKENS),
    characters: charactersOf(input.input),
    estimated: true,
  };
}

function speechTokens({ input, params }: SpeechInput, perByte: number): number {
  const speed = params['speed'];
  return Math.ceil((utf8Bytes(input) * perByte) / (isCount(speed) && speed > 0 ? Math.min(1, speed) : 1));
}

/** Tokens of a second that is heard (OpenAI's models: ten), and at most; those of what is said in it at most. */
const HEARD_TOKENS = 10;
const HEARD_TOKENS_BOUND = 50;
const SAID_TOKENS_BOUND = 30;
/** No codec says a second in fewer bytes. */
const LEAST_BYTES_PER_SECOND = 500;

/** The longest that a file can be, in seconds. Providers round up. */
export function mostSeconds({ file }: TranscriptionInput): number {
  return Math.ceil(file.seconds ?? file.sizeBytes / LEAST_BYTES_PER_SECOND) + 1;
}

/** Our count of the usage of a transcription. @param seconds - as the provider says; null: as measured */
export function transcriptionUsage(input: TranscriptionInput, text: string, seconds: number | null): Usage {
  const length = seconds ?? input.file.seconds ?? mostSeconds(input);
  const [inputTokens, outputTokens] = [Math.ceil(length * HEARD_TOKENS), Math.ceil(utf8Bytes(text) / BYTES_PER_TOKEN)];
  return { ...NO_USAGE, inputTokens, outputTokens, seconds: length, estimated: seconds === null };
}

/** What people count as characters: an emoji is one or a few, whatever its bytes. */
export function charactersOf(text: string): number {
  return Array.from(text).length;
}

/** True for a finite number that is not negative. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function contentsOf(input: TextInput): Contents {
  const contents: Contents = { textBytes: 0, messages: 0, tokens: 0, mediaBound: 0, mediaEstimate: 0 };
  if (input.operation === 'embedding') {
    addEmbedding(contents, input.input);
    return contents;
  }
  if (input.operation === 'moderation') {
    contents.messages = typeof input.input === 'string' ? 1 : input.input.length;
    add(contents, input.input);
    return contents;
  }
  if (input.operation === 'transcription') {
    contents.messages = 1;
    contents.mediaBound = mostSeconds(input) * HEARD_TOKENS_BOUND;
    contents.mediaEstimate = Math.ceil((input.file.seconds ?? mostSeconds(input)) * HEARD_TOKENS);
    add(contents, input.params['prompt']);
    return contents;
  }
  if (input.operation === 'speech') {
    contents.messages = 1;
    add(contents, input.input);
    add(contents, input.params['instructions']);
    return contents;
  }
  contents.messages = input.messages.length;
  for (const message of input.messages) add(contents, message);
  for (const name of PROMPT_PARAMETERS) add(contents, input.params[name]);
  return contents;
}

function addEmbedding(contents: Contents, input: EmbeddingInput['input']): void {
  for (const item of typeof input === 'string' ? [input] : input) {
    if (typeof item === 'number') {
      contents.tokens += 1;
      continue;
    }
    contents.messages += 1;
    if (typeof item === 'string') contents.textBytes += utf8Bytes(item);
    else contents.tokens += item.length;
  }
}

/** Adds any JSON value. */
function add(contents: Contents, value: unknown): void {
  if (value === undefined) return;
  if (typeof value === 'string') contents.textBytes += utf8Bytes(value) + 2;
  else if (typeof value !== 'object' || value === null) contents.textBytes += typeof value === 'number' ? String(value).length : 5;
  else if (Array.isArray(value)) {
    contents.textBytes += 2 + value.length;
    for (const item of value) add(contents, item);
  } else addRecord(contents, value as Readonly<Record<string, unknown>>);
}

function addRecord(contents: Contents, record: Readonly<Record<string, unknown>>): void {
  // Text beside a part's data counts all the same: a message that calls itself an image hides nothing.
  const media = mediaTokens(record);
  contents.textBytes += 2;
  contents.mediaBound += media?.bound ?? 0;
  contents.mediaEstimate += media?.estimate ?? 0;
  for (const [name, item] of Object.entries(record)) {
    if (media?.fields.includes(name) === true) continue;
    contents.textBytes += utf8Bytes(name) + 4;
    add(contents, item);
  }
}

function answerTokens(value: unknown): number {
  if (typeof value === 'string') return answerTextTokens(value);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + answerTokens(item), 0);
  if (!isRecord(value)) return utf8Bytes(String(value)) / BYTES_PER_TOKEN;
  if (value['type'] === 'image_url' || value['type'] === 'image' || value['type'] === 'output_image') return answerImageTokens(value);
  return Object.entries(value).reduce((sum, [name, item]) => sum + (utf8Bytes(name) + 4) / BYTES_PER_TOKEN + answerTokens(item), 0);
}

/** Text, and the images that some servers write into it as `data:` URLs. */
function answerTextTokens(text: string): number {
  if (text.length < 64 || !text.includes(';base64,')) return utf8Bytes(text) / BYTES_PER_TOKEN;
  let tokens = 0;
  const rest = text.replace(/data:image\/[\w.+-]+;base64,[A-Za-z0-9+/=_-]*/g, (url) => {
    tokens += answerImageTokens({ image_url: url });
    return '';
  });
  return tokens + utf8Bytes(rest) / BYTES_PER_TOKEN;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bytes of the text in UTF-8, without an encoder: domain code may run in the workflow sandbox. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) {
      index += 1;
    }
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code <= 0xffff ? 3 : 4;
  }
  return bytes;
}
