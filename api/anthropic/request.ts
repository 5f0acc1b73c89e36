import type { ChatInput } from '../../domain/task/generation';
import { chatParams } from '../openai/chat/schema';
import { present } from '../openai/params';
import { readTurn, systemMessage } from './turns';
import type { CountBody, MessagesBody } from './schema';

type Fields = Readonly<Record<string, unknown>>;

/** What a request of Anthropic's format asks of a chat. */
export interface ReadRequest {
  readonly input: ChatInput;
  /** What reaches no provider: fields that mean something else in OpenAI's format, and blocks of tools that Anthropic ran itself, by their type. */
  readonly aside: Fields;
}

/** Fields with the same name and another meaning in OpenAI's format, but for those that Anthropic's has itself. */
const FOREIGN: ReadonlySet<string> = new Set(Object.keys(chatParams.shape).filter((name) => name !== 'service_tier'));

/**
 * The canonical chat of a request.
 * @param betas - the header `anthropic-beta`
 */
export function chatOf(body: MessagesBody | CountBody, betas: string | undefined): ReadRequest {
  const { model: _model, messages, system, tools, tool_choice, output_config, output_format, ...others } = body;
  const {
    stream: _stream,
    routing: _routing,
    models: _models,
    max_tokens,
    stop_sequences,
    metadata,
    temperature,
    top_p,
    ...rest
  } = others as Partial<MessagesBody>;
  const entries = Object.entries(rest);
  const { format, ...config } = output_config ?? {};
  const features = (betas ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const turns = messages.map(readTurn);
  return {
    input: {
      operation: 'chat',
      format: 'anthropic',
      messages: [
        ...(system === undefined || system === null || system.length === 0 ? [] : [systemMessage(system)]),
        ...turns.flatMap((turn) => turn.messages),
      ],
      params: {
        ...Object.fromEntries(entries.filter(([name, value]) => !FOREIGN.has(name) && value !== null)),
        ...present({
          max_tokens,
          temperature,
          top_p,
          stop: stop_sequences?.length === 0 ? undefined : stop_sequences,
          user: metadata?.user_id,
          response_format: responseFormat(format ?? output_format),
          tools: tools === undefined || tools === null || tools.length === 0 ? undefined : tools.map(toolOf),
          output_config: Object.keys(config).length === 0 ? undefined : config,
          anthropic_beta: features.length === 0 ? undefined : features,
        }),
        ...choiceOf(tool_choice),
      },
    },
    aside: Object.fromEntries([
      ...entries.filter(([name]) => FOREIGN.has(name)),
      ...turns.flatMap((turn) => turn.unknown.map((type) => [type, true] as const)),
    ]),
  };
}

function toolOf({ type, name, description, input_schema, strict, cache_control, ...others }: Fields): Fields {
  if (type !== undefined && type !== null && type !== 'custom') {
    return { type, name, ...present({ description, input_schema, strict, cache_control }), ...others };
  }
  const isStrict = strict === true && fitsStrictMode(input_schema);
  return {
    type: 'function',
    function: { name, ...present({ description, parameters: input_schema }), ...(isStrict ? { strict } : {}) },
    ...present({ cache_control }),
  };
}

function choiceOf(choice: CountBody['tool_choice']): Fields {
  if (choice === undefined || choice === null) return {};
  const parallel = 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {};
  if (choice.type === 'tool') return { tool_choice: { type: 'function', function: { name: choice.name } }, ...parallel };
  return { tool_choice: choice.type === 'any' ? 'required' : choice.type, ...parallel };
}

function responseFormat(format: CountBody['output_format']): Fields | undefined {
  if (format === undefined || format === null) return undefined;
  const { schema } = format;
  return { type: 'json_schema', json_schema: { name: 'answer', schema, ...(fitsStrictMode(schema) ? { strict: true } : {}) } };
}

/** OpenAI refuses a strict schema unless each of its objects names all of its properties as required and allows no others. */
function fitsStrictMode(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(fitsStrictMode);
  if (typeof schema !== 'object' || schema === null) return true;
  const { type, properties, required, additionalProperties } = schema as Fields;
  if (type === 'object' || typeof properties === 'object') {
    const names = Object.keys(properties ?? {});
    const needed: readonly unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => needed.includes(name))) return false;
  }
  return Object.values(schema).every(fitsStrictMode);
}
