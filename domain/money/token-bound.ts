import type { Model } from '../provider/catalogue';
import type { GenerationInput } from '../task/generation';

/** Tokens a provider adds around each message or embedding input (role, separators, name), generously. */
const TOKENS_PER_MESSAGE = 16;
/** Tokens a provider adds around a request (priming of the answer, hidden tool preamble). */
const TOKENS_PER_REQUEST = 64;
const TOKENS_PER_IMAGE = 3_000;
/** `detail: "original"` is cut into up to 10,000 patches by the providers that know it. */
const TOKENS_PER_ORIGINAL_IMAGE = 12_000;
/** The lowest useful audio bit rate, 8 kbit/s, is 133 base64 characters per 100 ms; a token is 100 ms at the finest. */
const AUDIO_CHARACTERS_PER_TOKEN = 64;

/** Where the data of a media part lies. */
const MEDIA_FIELDS: ReadonlySet<string> = new Set(['image_url', 'source', 'input_audio']);

/** Parameters of a chat request whose text the provider counts as input. */
const PROMPT_PARAMETERS = ['tools', 'functions', 'response_format', 'tool_choice', 'function_call', 'prediction'] as const;

/**
 * Upper bound of the input tokens of a request, whatever the tokenizer: a token of a byte-level vocabulary covers at least one
 * UTF-8 byte, so text counts its bytes; each message adds an overhead, each image part a fixed number.
 * @returns whole tokens; 0 for image and video requests, which are not priced by token
 */
export function inputTokenBound(input: GenerationInput): number {
  if (input.operation === 'chat') {
    const messages = input.messages.reduce((sum, message) => sum + TOKENS_PER_MESSAGE + tokensOf(message), 0);
    const parameters = PROMPT_PARAMETERS.reduce((sum, name) => sum + tokensOf(input.params[name]), 0);
    return TOKENS_PER_REQUEST + messages + parameters;
  }
  if (input.operation === 'embedding') {
    return embeddingTokens(input.input);
  }
  return 0;
}

/**
 * Upper bound of the output tokens of one choice: what the request names, else the model's `max_output_tokens`.
 * Both spellings given: the larger, since providers differ in which they obey.
 */
export function maxOutputTokens(model: Pick<Model, 'maxOutputTokens'>, input: GenerationInput): number {
  if (input.operation !== 'chat') {
    return 0;
  }
  const named = [input.params['max_completion_tokens'], input.params['max_tokens']].filter(isCount);
  return named.length === 0 ? model.maxOutputTokens : Math.ceil(Math.max(...named));
}

/** True for a finite number that is not negative. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function embeddingTokens(input: string | readonly (string | number | readonly number[])[]): number {
  if (typeof input === 'string') {
    return TOKENS_PER_MESSAGE + utf8Bytes(input);
  }
  return input.reduce<number>((sum, item) => {
    if (typeof item === 'number') {
      return sum + 1;
    }
    return sum + TOKENS_PER_MESSAGE + (typeof item === 'string' ? utf8Bytes(item) : item.length);
  }, TOKENS_PER_MESSAGE);
}

/** Tokens of any JSON value: the bytes of its strings and names, one for each bracket, comma, number or word. */
function tokensOf(value: unknown): number {
  if (value === undefined) {
    return 0;
  }
  if (typeof value === 'string') {
    return utf8Bytes(value) + 2;
  }
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'number' ? String(value).length : 5;
  }
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + 1 + tokensOf(item), 2);
  }
  const record = value as Record<string, unknown>;
  const media = mediaTokens(record);
  return Object.entries(record).reduce(
    (sum, [name, item]) => (media > 0 && MEDIA_FIELDS.has(name) ? sum : sum + utf8Bytes(name) + 4 + tokensOf(item)),
    2 + media,
  );
}

/** Tokens of an image or audio part's own data, 0 for anything else. Its characters are not text and would bound far too high. */
function mediaTokens(part: Readonly<Record<string, unknown>>): number {
  const image = part['image_url'] ?? part['source'];
  if ((part['type'] === 'image_url' || part['type'] === 'input_image' || part['type'] === 'image') && image !== undefined) {
    return isOriginal(image) || isOriginal(part) ? TOKENS_PER_ORIGINAL_IMAGE : TOKENS_PER_IMAGE;
  }
  const audio = part['input_audio'];
  if (part['type'] === 'input_audio' && typeof audio === 'object' && audio !== null) {
    const data = (audio as Record<string, unknown>)['data'];
    return 100 + Math.ceil((typeof data === 'string' ? data.length : 0) / AUDIO_CHARACTERS_PER_TOKEN);
  }
  return 0;
}

function isOriginal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Record<string, unknown>)['detail'] === 'original';
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
