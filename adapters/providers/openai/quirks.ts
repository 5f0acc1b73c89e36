import type { Provider } from '../../../domain/provider/catalogue';
import type { ChatMessage } from '../../../domain/task/generation';
import { isGiven, isObject, textOf, type JsonObject } from '../shared/json';

/** Where a vendor of OpenAI's format departs from it. What a row does not name travels as it is. */
interface Row {
  /** Hosts of the base URL, and of the domains below. */
  readonly hosts: readonly string[];
  /** Ports that tell a server on the operator's own machines. */
  readonly ports?: readonly string[];
  /** The one name of the bound of output tokens. */
  readonly maxTokens?: 'max_tokens' | 'max_completion_tokens';
  /** The role of instructions is `system`: `developer` is unknown. */
  readonly systemRole?: boolean;
  /** Parameters that have no effect there, or are refused. */
  readonly unsupported?: readonly string[];
  /** A tool cannot be made to be called. */
  readonly noForcedTool?: boolean;
  /** JSON without a schema: the schema is said in words. `except`: models that take one. */
  readonly noSchema?: { readonly except: RegExp | null };
  readonly maxTemperature?: number;
  /** How thinking is switched: `reasoning_effort` becomes this. */
  readonly thinking?: 'thinking' | 'enable_thinking';
  /** Models that answer in streams only. */
  readonly streamsOnly?: RegExp;
  /** Marks for a cache in messages and tools mean something there. */
  readonly cacheControl?: boolean;
  /** Fields of an assistant's message that are refused or mean nothing there. */
  readonly messageFields?: readonly string[];
  /** Thinking comes as `reasoning`. */
  readonly reasoning?: boolean;
  /** Thinking comes inside the text, between `<think>` and `</think>`. */
  readonly thinkTags?: boolean;
  /** Parameters travel as they are. */
  readonly isPlain?: boolean;
  /** Rules for some of its models, over the others. */
  readonly models?: readonly (Pick<Row, 'maxTokens' | 'unsupported'> & { readonly match: RegExp })[];
}

/** Only OpenAI knows these. */
const PLATFORM = ['store', 'metadata', 'service_tier', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'prediction'];
const FORMS = ['verbosity', 'modalities', 'audio', 'web_search_options', 'moderation'];
const THINKS = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'logprobs', 'top_logprobs'];

/** Sources: the vendors' pages and the requests that their AI SDK packages make; see docs/providers/openai.md. */
export const QUIRKS = {
  openai: {
    hosts: ['api.openai.com', 'openai.azure.com'],
    unsupported: ['thinking', 'top_k'],
    messageFields: ['reasoning_content', 'reasoning', 'reasoning_details', 'parsed'],
    models: [{ match: /^(o\d|gpt-5(?!.*chat))/, maxTokens: 'max_completion_tokens', unsupported: ['thinking', 'top_k', ...THINKS] }],
  },
  deepseek: {
    hosts: ['api.deepseek.com'],
    maxTokens: 'max_tokens',
    systemRole: true,
    unsupported: ['n', 'seed', 'logit_bias', 'parallel_tool_calls', 'user', 'top_k', ...PLATFORM, ...FORMS],
    noSchema: { except: null },
    thinking: 'thinking',
  },
  moonshot: {
    hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
    maxTokens: 'max_tokens',
    systemRole: true,
    unsupported: [...PLATFORM, ...FORMS],
    noForcedTool: true,
    maxTemperature: 1,
    thinking: 'thinking',
  },
  qwen: {
    hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
    maxTokens: 'max_tokens',
    systemRole: true,
    unsupported: ['frequency_penalty', 'logit_bias', 'user', ...PLATFORM, 'verbosity', 'moderation', 'web_search_options'],
    noForcedTool: true,
    noSchema: { except: /^qwen3\.(7-(plus|flash|max)|8-(max|flash))(-|$)/ },
    thinking: 'enable_thinking',
    streamsOnly: /^(qwq|qvq)|^qwen3-.*thinking|omni/,
    cacheControl: true,
  },
  xai: {
    hosts: ['api.x.ai'],
    maxTokens: 'max_completion_tokens',
    systemRole: true,
    unsupported: [
      'presence_penalty',
      'frequency_penalty',
      'stop',
      'logit_bias',
      'thinking',
      'top_k',
      'store',
      'metadata',
      'prediction',
      ...FORMS,
    ],
  },
  openrouter: { hosts: ['openrouter.ai'], cacheControl: true, unsupported: ['thinking'], reasoning: true },
  ollama: {
    hosts: ['ollama.com'],
    ports: ['11434'],
    maxTokens: 'max_tokens',
    systemRole: true,
    unsupported: [
      'tool_choice',
      'logit_bias',
      'user',
      'n',
      'parallel_tool_calls',
      'logprobs',
      'top_logprobs',
      'thinking',
      ...PLATFORM,
      ...FORMS,
    ],
    reasoning: true,
    thinkTags: true,
  },
  vllm: {
    hosts: [],
    systemRole: true,
    unsupported: ['thinking', ...PLATFORM, 'verbosity', 'moderation', 'web_search_options'],
    reasoning: true,
    thinkTags: true,
  },
  lmstudio: {
    hosts: [],
    ports: ['1234'],
    maxTokens: 'max_tokens',
    systemRole: true,
    unsupported: ['thinking', ...PLATFORM],
    reasoning: true,
    thinkTags: true,
  },
  /** Any other server: a chat goes as it came, and one that came in Anthropic's format without what only that knows. */
  other: { hosts: [], isPlain: true, cacheControl: true },
  /** Another gateway that knows Claude's features: nothing is changed. */
  none: { hosts: [], isPlain: true, cacheControl: true },
} as const satisfies Readonly<Record<string, Row>>;
export type QuirksName = keyof typeof QUIRKS;
export const QUIRKS_NAMES = Object.keys(QUIRKS) as QuirksName[];

/** One vendor's quirks. */
export interface Quirks extends Row {
  readonly name: string;
}

/** The option `quirks` of a provider, else the vendor whose host its base URL has. */
export function quirksOf(provider: Pick<Provider, 'baseUrl' | 'options'>): Quirks {
  const named = QUIRKS_NAMES.find((name) => name === provider.options['quirks']);
  const url = provider.baseUrl === null ? null : new URL(provider.baseUrl);
  const isHere = (row: Row): boolean =>
    url !== null &&
    (row.hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`)) || row.ports?.includes(url.port) === true);
  const name = named ?? QUIRKS_NAMES.find((candidate) => isHere(QUIRKS[candidate])) ?? 'other';
  return { name, ...QUIRKS[name] };
}

/** A chat's parameters as a vendor takes them, and the names of those that it loses. */
export interface Applied {
  readonly params: JsonObject;
  /** A schema that is to be said in words. */
  readonly schema: JsonObject | null;
  readonly isStreamOnly: boolean;
  readonly dropped: readonly string[];
}

/** Only Claude's: for every other model they are noise. */
const CLAUDES = ['anthropic_beta', 'stop_sequences'];

export function applyToParams(quirks: Quirks, model: string, given: Readonly<JsonObject>): Applied {
  if (quirks.isPlain === true) return { params: given, schema: null, isStreamOnly: false, dropped: [] };
  const params: JsonObject = { ...given };
  const dropped = new Set<string>();
  const forModel = quirks.models?.find(({ match }) => match.test(model));
  // A model that is told not to think can be sampled.
  const unsupported = (given['reasoning_effort'] === 'none' ? undefined : forModel?.unsupported) ?? quirks.unsupported ?? [];
  renameMaxTokens(params, forModel?.maxTokens ?? quirks.maxTokens);
  if (Array.isArray(params['stop_sequences'])) params['stop'] ??= params['stop_sequences'];
  // Thinking by Anthropic's rules; `type: enabled` alone is a word of others too.
  const isClaudes = isObject(params['thinking']) && ('budget_tokens' in params['thinking'] || params['thinking']['type'] === 'adaptive');
  if (isClaudes) params['thinking'] = quirks.thinking === 'thinking' ? { type: 'enabled' } : undefined;
  if (isClaudes && quirks.thinking === 'enable_thinking') params['enable_thinking'] ??= true;
  if (isClaudes && quirks.thinking === undefined && !isGiven(given['reasoning_effort'])) dropped.add('thinking');
  if (quirks.thinking !== undefined) switchThinking(params, quirks.thinking);
  for (const name of [...unsupported, ...CLAUDES]) {
    if (!isGiven(params[name])) continue;
    if (name !== 'stop_sequences' && !isHarmless(name, params[name])) dropped.add(name);
    else if (name === 'stop_sequences' && unsupported.includes('stop')) dropped.add(name);
    params[name] = undefined;
  }
  if (quirks.noForcedTool === true && isForced(params['tool_choice'])) {
    params['tool_choice'] = 'auto';
    dropped.add('tool_choice');
  }
  if (quirks.maxTemperature !== undefined && Number(params['temperature']) > quirks.maxTemperature) {
    params['temperature'] = quirks.maxTemperature;
    dropped.add('temperature');
  }
  const schema = quirks.noSchema === undefined || quirks.noSchema.except?.test(model) === true ? null : schemaOf(params['response_format']);
  if (schema !== null) {
    params['response_format'] = { type: 'json_object' };
    dropped.add('response_format.json_schema');
  }
  return {
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)),
    schema,
    isStreamOnly: quirks.streamsOnly?.test(model) === true,
    dropped: [...dropped],
  };
}

/** Messages as a vendor takes them. The list is the given one where nothing is to be changed. */
export function applyToMessages(quirks: Quirks, messages: readonly ChatMessage[], schema: JsonObject | null): readonly ChatMessage[] {
  if (quirks.name === 'none') return messages;
  const said = messages.map((message) => applyToMessage(quirks, message));
  if (schema === null) return said;
  const words = `Answer with one JSON object that follows this JSON schema:\n${JSON.stringify(schema)}`;
  return [{ role: 'system', content: words }, ...said];
}

/** Tools without marks that mean nothing to the vendor. */
export function applyToTools(quirks: Quirks, tools: unknown): unknown {
  return quirks.cacheControl === true || !Array.isArray(tools) ? tools : tools.map(withoutMark);
}

function applyToMessage(quirks: Quirks, message: ChatMessage): ChatMessage {
  const fields = ['thinking_blocks', ...(quirks.messageFields ?? [])];
  const keepsMarks = quirks.cacheControl === true;
  const role = quirks.systemRole === true && message.role === 'developer' ? 'system' : message.role;
  const content = !keepsMarks && Array.isArray(message.content) ? message.content.map(withoutMark) : message.content;
  const isAsGiven = role === message.role && fields.every((name) => message[name] === undefined) && content === message.content;
  if (isAsGiven && (keepsMarks || message['cache_control'] === undefined)) return message;
  const kept = Object.entries(message).filter(([name]) => !fields.includes(name) && (keepsMarks || name !== 'cache_control'));
  return { ...Object.fromEntries(kept), role, ...(content === undefined ? {} : { content }) };
}

function withoutMark(part: unknown): unknown {
  if (!isObject(part) || part['cache_control'] === undefined) return part;
  const { cache_control: _mark, ...rest } = part;
  return rest;
}

/** Both given: the larger, as it was reserved. */
function renameMaxTokens(params: JsonObject, name: Row['maxTokens']): void {
  if (name === undefined) return;
  const other = name === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  const given = [params[name], params[other]].filter((value) => typeof value === 'number');
  if (given.length > 0) params[name] = Math.max(...given);
  params[other] = undefined;
}

/** `reasoning_effort` as a switch; the vendor's own parameter wins. */
function switchThinking(params: JsonObject, name: NonNullable<Row['thinking']>): void {
  const effort = textOf(params['reasoning_effort']);
  if (effort === undefined) return;
  const isOn = effort !== 'none' && effort !== 'minimal';
  params[name] ??= name === 'thinking' ? { type: isOn ? 'enabled' : 'disabled' } : isOn;
  params['reasoning_effort'] = undefined;
}

/** Asks for nothing that an answer would lack. */
function isHarmless(name: string, value: unknown): boolean {
  if (value === false || (name === 'n' && value === 1) || (name === 'tool_choice' && value === 'auto')) return true;
  if (name === 'parallel_tool_calls') return value === true;
  if (name === 'modalities') return Array.isArray(value) && value.every((modality) => modality === 'text');
  return (name.endsWith('_penalty') && value === 0) || ((name === 'temperature' || name === 'top_p') && value === 1);
}

function isForced(choice: unknown): boolean {
  return choice === 'required' || choice === 'any';
}

function schemaOf(format: unknown): JsonObject | null {
  if (!isObject(format) || format['type'] !== 'json_schema' || !isObject(format['json_schema'])) return null;
  return isObject(format['json_schema']['schema']) ? format['json_schema']['schema'] : null;
}
