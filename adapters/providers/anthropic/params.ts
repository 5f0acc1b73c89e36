import { isGiven, isObject, textOf, type JsonObject } from '../shared/json';

/** What a chat's parameters become: fields of `POST /v1/messages`, its beta features, and what was left out. */
export interface Read {
  readonly fields: JsonObject;
  readonly betas: readonly string[];
  readonly dropped: readonly string[];
}

/** What the meaning of parameters depends on. */
export interface Facts {
  /** The value of `anthropic-version`: a date. */
  readonly version: string;
  /** How the model is told to think; see `thinkingStyle`. */
  readonly thinking: 'adaptive' | 'budget';
  /** The bound of the answer's tokens where the request names none. */
  readonly maxOutputTokens: number;
  /** The request came in Anthropic's format: what is unknown here is for Anthropic to judge. */
  readonly isNative: boolean;
  /** `tool_choice` makes the model call a tool, which rules thinking out. */
  readonly forcesTool: boolean;
  /** An earlier turn of this run of tool calls came without its thinking, which rules out thinking by a budget. */
  readonly lacksThinking: boolean;
}

/** From this version on sampling is the model's own. */
const WITHOUT_SAMPLING = '2026-10-21';
const SAMPLING = ['temperature', 'top_p', 'top_k'] as const;

/** Anthropic's own parameters: they travel as they are. */
const PASSED = [
  'cache_control',
  'container',
  'context_management',
  'diagnostics',
  'inference_geo',
  'mcp_servers',
  'output_config',
  'speed',
  'thinking',
] as const;

/** Read here or where messages and tools are. */
const READ = new Set<string>([
  ...PASSED,
  ...SAMPLING,
  ...['max_completion_tokens', 'max_tokens', 'stop', 'stop_sequences', 'reasoning_effort', 'response_format', 'service_tier'],
  ...['user', 'safety_identifier', 'metadata', 'anthropic_beta', 'tools', 'tool_choice', 'parallel_tool_calls'],
]);

/** Values that ask for nothing which an answer would lack. */
const NOTHING_ASKED: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  store: (value) => value === false,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  verbosity: (value) => value === 'medium',
  modalities: (value) => Array.isArray(value) && value.every((modality) => modality === 'text'),
};

/**
 * Reads all parameters of a chat but its tools.
 * @param options - the route's: under the parameters; what is unknown travels as it is
 */
export function readParams(params: Readonly<JsonObject>, options: Readonly<JsonObject>, facts: Facts): Read {
  const given: JsonObject = { ...options };
  for (const name of Object.keys(params)) if (isGiven(params[name])) given[name] = params[name];
  const dropped = new Set<string>();
  const fields: JsonObject = {};
  for (const name of Object.keys(given)) {
    if (READ.has(name)) continue;
    if (facts.isNative || !(name in params) || !isGiven(params[name])) fields[name] = given[name];
    else if (NOTHING_ASKED[name]?.(params[name]) !== true) dropped.add(name);
  }
  for (const name of PASSED) if (name in given) fields[name] = given[name];
  // A caller's bound is what was reserved; an operator's own may only be below it.
  fields['max_tokens'] = largest(params) ?? Math.min(facts.maxOutputTokens, largest(options) ?? Infinity);
  addStops(given, fields, dropped);
  addFormat(given['response_format'], fields, dropped);
  addThinking(given, facts, fields, dropped);
  addSampling(given, facts, fields, dropped);
  addTier(given['service_tier'], fields, dropped);
  addUser(given, fields, dropped);
  const betas = Array.isArray(given['anthropic_beta']) ? (given['anthropic_beta'] as unknown[]).filter(isBeta) : [];
  return { fields, betas, dropped: [...dropped].filter((name) => isGiven(params[name.split('.')[0] ?? name])) };
}

/** Both spellings given: the larger, as it was reserved. */
function largest(params: Readonly<JsonObject>): number | undefined {
  const named = [params['max_completion_tokens'], params['max_tokens']].filter((value) => typeof value === 'number');
  return named.length === 0 ? undefined : Math.max(...named);
}

function addStops(given: JsonObject, fields: JsonObject, dropped: Set<string>): void {
  const stops = [given['stop'], given['stop_sequences']].flat().filter((stop) => typeof stop === 'string');
  // Blanks alone are refused.
  const said = stops.filter((stop) => stop.trim() !== '');
  if (said.length < stops.length) dropped.add('stop');
  if (said.length > 0) fields['stop_sequences'] = said;
}

function addFormat(format: unknown, fields: JsonObject, dropped: Set<string>): void {
  if (!isObject(format) || format['type'] === 'text') return;
  const asked = isObject(format['json_schema']) ? format['json_schema']['schema'] : undefined;
  if (format['type'] !== 'json_schema' || !isObject(asked)) return void dropped.add('response_format');
  const config = isObject(fields['output_config']) ? fields['output_config'] : {};
  fields['output_config'] = { format: { type: 'json_schema', schema: closed(asked) }, ...config };
}

/** Objects of a schema must be closed; OpenAI demands so of strict ones only. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, name === 'enum' ? part : closed(part)]));
  const isOpenObject = schema['type'] === 'object' && isObject(schema['properties']) && schema['additionalProperties'] === undefined;
  return isOpenObject ? { ...inner, additionalProperties: false } : inner;
}

const EFFORTS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};
/** Of the answer's tokens. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.9, max: 0.95 };
const LEAST_BUDGET = 1_024;

function addThinking(given: JsonObject, facts: Facts, fields: JsonObject, dropped: Set<string>): void {
  const effort = textOf(given['reasoning_effort']);
  if (effort === undefined) return;
  if (effort === 'none' && !('thinking' in given)) {
    fields['thinking'] = { type: 'disabled' };
    return;
  }
  const named = EFFORTS[effort];
  const maxTokens = Number(fields['max_tokens']);
  const hasRoom = facts.thinking === 'adaptive' || (maxTokens > LEAST_BUDGET && !facts.lacksThinking);
  if ('thinking' in given || facts.forcesTool || named === undefined || !hasRoom) return void dropped.add('reasoning_effort');
  if (facts.thinking === 'adaptive') {
    fields['thinking'] = { type: 'adaptive', display: 'summarized' };
    fields['output_config'] = { effort: named, ...(isObject(fields['output_config']) ? fields['output_config'] : {}) };
  } else {
    const budget = Math.floor(maxTokens * (BUDGETS[effort] ?? 0.5));
    fields['thinking'] = { type: 'enabled', budget_tokens: Math.min(Math.max(budget, LEAST_BUDGET), maxTokens - 1) };
  }
}

function addSampling(given: JsonObject, facts: Facts, fields: JsonObject, dropped: Set<string>): void {
  // Thinking that the caller set in Anthropic's words is judged by Anthropic.
  const thinks = !('thinking' in given) && isObject(fields['thinking']) && fields['thinking']['type'] !== 'disabled';
  for (const name of SAMPLING) {
    const value = given[name];
    if (value === undefined) continue;
    const isNeutral = name !== 'top_k' && value === 1;
    if (facts.version >= WITHOUT_SAMPLING || thinks) {
      if (!isNeutral) dropped.add(name);
    } else if (name === 'top_p' && isGiven(given['temperature'])) {
      // Newer models take one of the two.
      if (!isNeutral) dropped.add(name);
    } else if (name === 'temperature' && typeof value === 'number' && value > 1) {
      fields[name] = 1;
      dropped.add(name);
    } else fields[name] = value;
  }
}

function addTier(tier: unknown, fields: JsonObject, dropped: Set<string>): void {
  if (tier === 'auto' || tier === 'standard_only') fields['service_tier'] = tier;
  else if (tier === 'default') fields['service_tier'] = 'standard_only';
  else if (tier !== undefined) dropped.add('service_tier');
}

function addUser(given: JsonObject, fields: JsonObject, dropped: Set<string>): void {
  const { metadata } = given;
  const own = isObject(metadata) ? metadata['user_id'] : undefined;
  const user = textOf(given['safety_identifier']) ?? textOf(given['user']) ?? textOf(own);
  if (user !== undefined) fields['metadata'] = { user_id: user };
  if (isObject(metadata) && Object.keys(metadata).some((name) => name !== 'user_id')) dropped.add('metadata');
}

/** Fit for a header. */
function isBeta(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value);
}

/**
 * How a model is told to think. Those before Claude 4.6 take a budget of tokens, later ones an effort.
 * @example thinkingStyle('claude-haiku-4-5-20251001') // 'budget'
 */
export function thinkingStyle(model: string): 'adaptive' | 'budget' {
  return /claude-(?:[23](?:\D|$)|(?:opus|sonnet|haiku)-(?:3|4-[0-5](?!\d)|4-20\d{6}|4$))/.test(model) ? 'budget' : 'adaptive';
}
