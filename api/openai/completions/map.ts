import { AppError } from '../../../domain/errors';
import type { ChatInput } from '../../../domain/task/generation';
import type { AnswerFacts } from '../text-answer';
import type { AnswerWriter } from '../text-stream';
import type { CompletionsBody } from './schema';

type Fields = Readonly<Record<string, unknown>>;

/** The prompt as a chat's only message. @throws AppError `unsupported_parameter` for what no chat can do */
export function chatOf(body: CompletionsBody): ChatInput {
  const { prompt, echo, suffix, best_of: bestOf, logprobs, ...others } = body;
  const { model: _model, models: _models, routing: _routing, stream: _stream, stream_options: _options, ...params } = others;
  if (suffix !== undefined && suffix !== null && suffix !== '') {
    throw unsupported('suffix', 'Completion in the middle of a text is not offered: leave suffix out.');
  }
  if (bestOf !== undefined && bestOf !== null && bestOf > (body.n ?? 1)) {
    throw unsupported(
      'best_of',
      'best_of above n is not offered: the answers that are not returned could not be compared. Ask for them by n.',
    );
  }
  if (echo === true && logprobs !== undefined && logprobs !== null) {
    throw unsupported('logprobs', 'Log probabilities of an echoed prompt are not offered: leave echo or logprobs out.');
  }
  const asked =
    logprobs === undefined || logprobs === null ? {} : { logprobs: true, ...(logprobs === 0 ? {} : { top_logprobs: logprobs }) };
  return { operation: 'chat', messages: [{ role: 'user', content: prompt }], params: { ...params, ...asked } };
}

function unsupported(param: string, message: string): AppError {
  return new AppError('unsupported_parameter', message, { param });
}

/** What the answer repeats of its prompt. */
export function echoOf({ echo, prompt }: CompletionsBody): string {
  return echo === true ? prompt : '';
}

/** OpenAI's `text_completion` of a stored chat answer. */
export function completionOf(body: Fields, echo: string): Fields {
  const { choices, object: _object, ...rest } = body;
  const list = Array.isArray(choices) ? (choices as readonly Fields[]) : [];
  return {
    ...rest,
    object: 'text_completion',
    choices: list.map(({ index, message, logprobs, finish_reason }) => ({
      index,
      text: echo + textOf((message as Fields | undefined)?.['content']),
      logprobs: logprobsOf(logprobs),
      finish_reason,
    })),
  };
}

/** Words the chunks of a chat as those of a `text_completion`; an echoed prompt comes first. */
export function createCompletionChunks(
  facts: AnswerFacts,
  options: { readonly echo: string; readonly includeUsage: boolean },
): AnswerWriter {
  const { taskId: id, created } = facts;
  let { model } = facts;
  const echoed = new Set<number>();
  let reported: unknown = null;

  function event(choices: readonly unknown[], usage: unknown): { readonly data: string } {
    const withUsage = options.includeUsage ? { usage } : {};
    return { data: JSON.stringify({ id, object: 'text_completion', created, model, choices, ...withUsage }) };
  }

  return {
    served(name) {
      model = name;
    },
    onChunk({ choices, usage }) {
      reported = usage ?? reported;
      const shown = choices.flatMap(({ index, delta, logprobs, finish_reason }) => {
        const echo = echoed.has(index) ? '' : options.echo;
        const text = echo + textOf(delta['content']);
        if (text === '' && finish_reason === null) return [];
        echoed.add(index);
        return [{ index, text, logprobs: logprobsOf(logprobs), finish_reason }];
      });
      return shown.length === 0 ? [] : [event(shown, null)];
    },
    onEnd: (body) => [...(options.includeUsage ? [event([], body['usage'] ?? reported)] : []), { data: '[DONE]' }],
  };
}

/** The older form of a chat's log probabilities: parallel lists. */
function logprobsOf(given: unknown): Fields | null {
  const content = (given as Fields | null | undefined)?.['content'];
  if (!Array.isArray(content)) return null;
  const tokens = content as readonly Fields[];
  let offset = 0;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top_logprobs: top }) => {
      return Object.fromEntries(Array.isArray(top) ? (top as readonly Fields[]).map(({ token, logprob }) => [String(token), logprob]) : []);
    }),
    text_offset: tokens.map(({ token }) => {
      const at = offset;
      offset += textOf(token).length;
      return at;
    }),
  };
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return (content as readonly (Fields | null)[]).map((part) => textOf(part?.['text'])).join('');
}
