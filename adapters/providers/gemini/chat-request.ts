import { AppError } from '../../../domain/errors';
import type { ChatCall } from '../../../domain/provider/provider';
import { wireInput, withoutAnthropicTools } from '../shared/anthropic-input';
import { isObject, textOf, type JsonObject } from '../shared/json';
import { contentsOf, isSecondGeneration } from './contents';

/** Parameters of a chat that have a place in `generateContent`. */
export const CHAT_PARAMS = [
  ...['max_completion_tokens', 'max_tokens', 'temperature', 'top_p', 'top_k', 'n', 'stop', 'seed'],
  ...['presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'modalities'],
  ...['reasoning_effort', 'response_format', 'tools', 'tool_choice', 'functions', 'function_call', 'extra_body', 'safety_settings'],
] as const;

/** Thinking tokens by effort, for models that take a budget. */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576 };
const LEVELS: Readonly<Record<string, string>> = { none: 'minimal', minimal: 'minimal', low: 'low', medium: 'medium', high: 'high' };

/**
 * The body of `generateContent` for a chat in OpenAI's shape. The route's options lie underneath, its `generationConfig` field by field.
 * @throws AppError `unsupported_parameter`, `invalid_value` for what has no place there
 */
export function chatRequest(call: ChatCall): JsonObject {
  const { messages } = wireInput(call.input);
  const params = withoutAnthropicTools(call.input);
  const options = call.options ?? {};
  const beneath = isObject(options['generationConfig']) ? options['generationConfig'] : {};
  const generationConfig = { ...beneath, ...generationConfigOf(params, call.model) };
  const extra = extrasOf(params);
  return given({
    ...options,
    ...contentsOf(messages, call.model),
    ...toolsOf(params, options['tools']),
    safetySettings: params['safety_settings'] ?? options['safetySettings'],
    cachedContent: extra['cached_content'] ?? options['cachedContent'],
    generationConfig: Object.keys(generationConfig).length === 0 ? undefined : generationConfig,
  });
}

function generationConfigOf(params: JsonObject, model: string): JsonObject {
  const stop = params['stop'];
  const modalities = params['modalities'];
  return given({
    temperature: params['temperature'],
    topP: params['top_p'],
    topK: params['top_k'],
    maxOutputTokens: params['max_completion_tokens'] ?? params['max_tokens'],
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    candidateCount: params['n'],
    seed: params['seed'],
    presencePenalty: params['presence_penalty'],
    frequencyPenalty: params['frequency_penalty'],
    responseLogprobs: params['logprobs'],
    logprobs: params['top_logprobs'],
    responseModalities: Array.isArray(modalities) ? modalities.map((modality) => String(modality).toUpperCase()) : undefined,
    thinkingConfig: thinkingOf(params, model),
    ...formatOf(params['response_format']),
  });
}

/** Models of the second generation count thinking in tokens, later ones know levels. */
function thinkingOf(params: JsonObject, model: string): JsonObject | undefined {
  const own = extrasOf(params)['thinking_config'];
  if (isObject(own)) {
    return given({
      thinkingBudget: own['thinking_budget'] ?? own['thinkingBudget'],
      thinkingLevel: own['thinking_level'] ?? own['thinkingLevel'],
      includeThoughts: own['include_thoughts'] ?? own['includeThoughts'],
    });
  }
  const effort = textOf(params['reasoning_effort']);
  if (effort === undefined) return undefined;
  const known = effort in BUDGETS ? effort : effort === 'xhigh' || effort === 'max' ? 'high' : undefined;
  if (known === undefined) {
    throw new AppError(
      'invalid_value',
      'reasoning_effort must be none, minimal, low, medium, high, xhigh or max for a model of this provider.',
      {
        param: 'reasoning_effort',
      },
    );
  }
  const amount = isSecondGeneration(model) ? { thinkingBudget: BUDGETS[known] } : { thinkingLevel: LEVELS[known] };
  return { ...amount, includeThoughts: known !== 'none' };
}

function formatOf(format: unknown): JsonObject {
  if (!isObject(format)) return {};
  if (format['type'] === 'json_object') return { responseMimeType: 'application/json' };
  if (format['type'] !== 'json_schema' || !isObject(format['json_schema'])) return {};
  return { responseMimeType: 'application/json', ...given({ responseJsonSchema: format['json_schema']['schema'] }) };
}

/** Google's own compatible server reads these from `extra_body.google`. */
function extrasOf(params: JsonObject): JsonObject {
  const body = params['extra_body'];
  const google = isObject(body) ? body['google'] : undefined;
  return isObject(google) ? google : {};
}

function toolsOf(params: JsonObject, beneath: unknown): JsonObject {
  const listed = Array.isArray(params['tools']) ? (params['tools'] as unknown[]) : [];
  const older = Array.isArray(params['functions']) ? (params['functions'] as unknown[]) : [];
  const declarations = [
    ...listed.filter(isFunction).map(({ function: declared }) => declarationOf(declared)),
    ...older.filter(isObject).map(declarationOf),
  ];
  // Google's own tools: `{"googleSearch": {}}`.
  const own = listed.filter((tool) => isObject(tool) && tool['type'] === undefined);
  const strange = listed.findIndex((tool) => !isFunction(tool) && !own.includes(tool));
  if (strange !== -1) {
    throw new AppError(
      'unsupported_parameter',
      `This model's provider takes functions as tools, and its own in their own form: tools[${strange}] is neither.`,
      { param: `tools[${strange}]` },
    );
  }
  const tools = [
    ...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]),
    ...own,
    ...(Array.isArray(beneath) ? (beneath as unknown[]) : []),
  ];
  const choice = choiceOf(params['tool_choice'] ?? params['function_call']);
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === null || declarations.length === 0 ? {} : { toolConfig: { functionCallingConfig: choice } }),
  };
}

function isFunction(tool: unknown): tool is { readonly function: JsonObject } {
  return isObject(tool) && tool['type'] === 'function' && isObject(tool['function']);
}

function declarationOf(declared: JsonObject): JsonObject {
  return given({ name: declared['name'], description: declared['description'], parametersJsonSchema: declared['parameters'] });
}

function choiceOf(choice: unknown): JsonObject | null {
  if (choice === 'required') return { mode: 'ANY' };
  if (choice === 'none') return { mode: 'NONE' };
  if (!isObject(choice)) return choice === 'auto' ? { mode: 'AUTO' } : null;
  if (choice['type'] === 'allowed_tools' && isObject(choice['allowed_tools'])) {
    const { mode, tools } = choice['allowed_tools'];
    const names = Array.isArray(tools) ? tools.map(nameOf).filter((name) => name !== undefined) : [];
    return { mode: mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names };
  }
  const name = nameOf(choice);
  return name === undefined ? null : { mode: 'ANY', allowedFunctionNames: [name] };
}

/** `{type, function: {name}}`, or the older `{name}`. */
function nameOf(choice: unknown): string | undefined {
  if (!isObject(choice)) return undefined;
  return isObject(choice['function']) ? textOf(choice['function']['name']) : textOf(choice['name']);
}

/** Without what is undefined or null: clients write null for what they leave out. */
function given(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}
