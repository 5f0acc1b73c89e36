import type { Model } from '../provider/catalogue';
import { AppError } from '../errors';
import type { ChatInput, TextInput } from '../task/generation';
import { maxOutputTokens } from '../money/token-count';
import type { Endpoint } from '../task/task';
import { checkOperation } from './operations';

/** No tokenizer puts more bytes of usual text into a token on average; more than the window even so is surely too long. */
const MOST_BYTES_PER_TOKEN = 8;

/** @throws AppError `unsupported_parameter`, `invalid_value`, `context_length_exceeded` */
export function checkText(model: Model, input: TextInput, endpoint: Endpoint): void {
  checkOperation(model, input.operation);
  if (input.operation !== 'chat') return;
  const prefix = isTask(endpoint) ? 'params.' : '';
  const { params } = input;
  if (model.capabilities.tools === false && Array.isArray(params['tools']) && params['tools'].length > 0) {
    throw new AppError('unsupported_parameter', `The model "${model.name}" does not support tools.`, { param: `${prefix}tools` });
  }
  const n = params['n'];
  const { maxN } = model.capabilities;
  if (typeof n === 'number' && maxN !== undefined && n > maxN) {
    throw new AppError('invalid_value', `The model "${model.name}" returns at most ${maxN} choices (n), not ${n}.`, {
      param: `${prefix}n`,
    });
  }
  if (model.capabilities.imageInput === false && input.messages.some(hasImage)) {
    throw new AppError('unsupported_parameter', `The model "${model.name}" does not accept images.`, { param: messagesOf(endpoint) });
  }
  checkWindow(model, input, endpoint);
}

function checkWindow(model: Model, input: ChatInput, endpoint: Endpoint): void {
  const { contextWindow } = model;
  if (contextWindow === null) return;
  const names = ['max_completion_tokens', 'max_tokens'].filter((name) => typeof input.params[name] === 'number');
  const wanted = names.length === 0 ? 0 : maxOutputTokens(model, input);
  const least = Math.floor(leastTextBytes(input) / MOST_BYTES_PER_TOKEN);
  if (least + wanted <= contextWindow) return;
  throw new AppError(
    'context_length_exceeded',
    `The model "${model.name}" has a context of ${contextWindow} tokens; the messages have at least ${least}` +
      `${wanted > 0 ? ` and ${wanted} are requested as output` : ''}. Shorten the messages or request less output.`,
    { param: messagesOf(endpoint), context: { tokens: least + wanted, window: contextWindow } },
  );
}

/** Characters of the text: never more than its bytes. */
function leastTextBytes(input: ChatInput): number {
  return input.messages.reduce((sum, { content }) => {
    if (typeof content === 'string') return sum + content.length;
    if (!Array.isArray(content)) return sum;
    return content.reduce<number>((parts, part) => parts + textLength(part), sum);
  }, 0);
}

function textLength(part: unknown): number {
  const text = typeof part === 'object' && part !== null ? (part as Record<string, unknown>)['text'] : undefined;
  return typeof text === 'string' ? text.length : 0;
}

function hasImage({ content }: ChatInput['messages'][number]): boolean {
  return Array.isArray(content) && content.some((part: unknown) => typeof part === 'object' && part !== null && 'image_url' in part);
}

function isTask(endpoint: Endpoint): boolean {
  return endpoint === 'tasks' || endpoint === 'campaigns';
}

/** The name that the messages have at an endpoint. */
function messagesOf(endpoint: Endpoint): string {
  if (isTask(endpoint)) return 'input.messages';
  if (endpoint === 'completions') return 'prompt';
  return endpoint === 'responses' || endpoint === 'responses.background' ? 'input' : 'messages';
}
