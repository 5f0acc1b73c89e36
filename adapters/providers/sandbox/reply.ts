import { AppError } from '../../../domain/errors';
import type { ChatInput, ChatMessage } from '../../../domain/task/generation';
import { withoutAnthropicTools } from '../shared/anthropic-input';
import { isObject, textOf, type JsonObject } from '../shared/json';
import { chanceFrom, digestOf } from './chance';
import { excerpt, keywordsOf, proseOn } from './prose';
import { valueFor } from './schema-value';
import { contentText, tokensOf } from './tokens';

/** One choice of an answer, already cut into the pieces a stream sends. */
export interface Reply {
  /** The function called, null for an answer in words. */
  readonly functionName: string | null;
  /** Pieces of the text, or of the function's arguments. */
  readonly pieces: readonly string[];
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
}

/**
 * The answer number `index` to a chat, the same for the same messages, seed and parameters.
 * @throws AppError `provider_rejected` for a chosen function that is not among the tools
 */
export function replyTo(input: ChatInput, index: number): Reply {
  const { messages, params } = input;
  const chance = chanceFrom(digestOf([messages, params['seed'] ?? null, params['response_format'] ?? null, index]));
  const prompt = promptOf(messages);
  const tool = toolToCall(input);
  if (tool !== null) {
    const value = valueFor(tool['parameters'] ?? { type: 'object' }, { chance, words: keywordsOf(prompt) });
    return limited(JSON.stringify(value), params, { functionName: textOf(tool['name']) ?? '', finishReason: 'tool_calls' });
  }
  const schema = schemaOf(params['response_format']);
  const text =
    schema === undefined ? wordsFor(messages, prompt, chance) : JSON.stringify(valueFor(schema, { chance, words: keywordsOf(prompt) }));
  return limited(beforeStop(text, params['stop']), params, { functionName: null, finishReason: 'stop' });
}

function promptOf(messages: readonly ChatMessage[]): string {
  const last = messages.findLast((message) => message.role === 'user') ?? messages.at(-1);
  return contentText(last?.content);
}

function wordsFor(messages: readonly ChatMessage[], prompt: string, chance: ReturnType<typeof chanceFrom>): string {
  const last = messages.at(-1);
  const heard = last?.role === 'tool' ? `The tool answered: ${excerpt(contentText(last.content), 400)} ` : '';
  return heard + proseOn(prompt, chance);
}

/** The function to call: the chosen one, else the first, as long as the user spoke last. */
function toolToCall(input: ChatInput): JsonObject | null {
  const params = withoutAnthropicTools(input);
  const choice = params['tool_choice'];
  if (choice === 'none' || input.messages.at(-1)?.role !== 'user') return null;
  const tools = Array.isArray(params['tools']) ? params['tools'] : [];
  const functions = tools.flatMap((tool: unknown) => (isObject(tool) && isObject(tool['function']) ? [tool['function']] : []));
  const chosen = chosenName(choice);
  if (chosen === undefined) return functions[0] ?? null;
  const found = functions.find((candidate) => candidate['name'] === chosen);
  if (found !== undefined) return found;
  throw new AppError('provider_rejected', `tool_choice names ${JSON.stringify(chosen)}, which is not among the tools.`, {
    param: 'tool_choice',
  });
}

function chosenName(choice: unknown): string | undefined {
  if (!isObject(choice)) return undefined;
  const allowed = isObject(choice['allowed_tools']) ? choice['allowed_tools']['tools'] : undefined;
  const named: unknown = Array.isArray(allowed) ? allowed[0] : choice;
  return isObject(named) && isObject(named['function']) ? textOf(named['function']['name']) : undefined;
}

/** The schema an answer in JSON must fit; undefined for an answer in words. */
function schemaOf(format: unknown): unknown {
  if (!isObject(format)) return undefined;
  if (format['type'] === 'json_schema' && isObject(format['json_schema'])) return format['json_schema']['schema'] ?? { type: 'object' };
  if (format['type'] !== 'json_object') return undefined;
  return { type: 'object', properties: { answer: { type: 'string' }, confidence: { type: 'number', minimum: 1 } } };
}

function beforeStop(text: string, stop: unknown): string {
  const stops = (Array.isArray(stop) ? (stop as unknown[]) : [stop]).filter(
    (word): word is string => typeof word === 'string' && word !== '',
  );
  const ends = stops.map((word) => text.indexOf(word)).filter((position) => position >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function limited(text: string, params: ChatInput['params'], reply: Pick<Reply, 'functionName' | 'finishReason'>): Reply {
  const pieces = tokensOf(text);
  const most = params['max_completion_tokens'] ?? params['max_tokens'];
  if (typeof most !== 'number' || pieces.length <= most) return { ...reply, pieces };
  return { ...reply, pieces: pieces.slice(0, most), finishReason: 'length' };
}
