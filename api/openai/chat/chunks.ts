import type { ChatChunk } from '../../../domain/provider/provider';

type Fields = Readonly<Record<string, unknown>>;

/** Writes the chunks of one answer: same id, time and model in all, the role first, the usage last and only when asked for. */
export interface ChunkWriter {
  /** Another model than the one that was asked for serves. */
  served(model: string): void;
  /** The lines of a chunk as it came from the provider; none when it holds nothing for the client yet. */
  onChunk(chunk: ChatChunk): readonly string[];
  /** The usage line that ends the answer; none unless `include_usage` was asked for. */
  onEnd(usage: unknown): readonly string[];
}

export function createChunkWriter(answer: {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly includeUsage: boolean;
}): ChunkWriter {
  const { includeUsage } = answer;
  const headOf = (model: string): string =>
    `{"id":${JSON.stringify(answer.id)},"object":"chat.completion.chunk","created":${answer.created},"model":${JSON.stringify(model)},`;
  let head = headOf(answer.model);
  const withRole = new Set<number>();
  let reported: unknown = null;
  let waiting: Fields | null = null;

  function line(rest: Fields): string {
    return head + JSON.stringify(includeUsage ? { ...rest, usage: rest['usage'] ?? null } : rest).slice(1);
  }

  return {
    served(model) {
      head = headOf(model);
    },
    onChunk(chunk) {
      const { id: _id, object: _object, created: _created, model: _model, usage, ...rest } = chunk;
      reported = usage ?? reported;
      if (rest.choices.length === 0) {
        // Clients read choices[0] of every chunk but the one of the usage: fields without a choice wait for the next.
        const { choices: _none, ...fields } = rest;
        waiting = Object.keys(fields).length === 0 ? waiting : { ...waiting, ...fields };
        return [];
      }
      const shown = waiting === null ? rest : { ...waiting, ...rest };
      waiting = null;
      const roles = rest.choices
        .filter(({ index, delta }) => !withRole.has(index) && delta['role'] === undefined)
        .map(({ index }) => ({ index, delta: { role: 'assistant', content: '' }, finish_reason: null }));
      for (const { index } of rest.choices) withRole.add(index);
      return roles.length === 0 ? [line(shown)] : [line({ choices: roles }), line(shown)];
    },
    onEnd(usage) {
      const fields = waiting === null ? [] : [line({ ...waiting, choices: [{ index: 0, delta: {}, finish_reason: null }] })];
      return includeUsage ? [...fields, line({ choices: [], usage: usage ?? reported })] : fields;
    },
  };
}

/** Fields of a stored answer that its chunks do not repeat. */
const FRAME = new Set(['id', 'object', 'created', 'model', 'choices', 'usage']);

/** The chunks that a stored answer would have come in: for replays, and for answers that came whole. */
export function chunksOf(body: Fields): readonly ChatChunk[] {
  const choices = Array.isArray(body['choices']) ? (body['choices'] as readonly Fields[]) : [];
  const extra = Object.fromEntries(Object.entries(body).filter(([name]) => !FRAME.has(name)));
  return choices.flatMap((choice, position) => {
    const index = typeof choice['index'] === 'number' ? choice['index'] : position;
    const { index: _index, message: _message, logprobs, finish_reason: reason, ...facts } = choice;
    const { role, ...message } = (choice['message'] ?? {}) as Fields;
    const isLast = position === choices.length - 1;
    const chunk = (delta: Fields, finishReason: string | null): ChatChunk => ({
      ...(finishReason !== null && isLast ? extra : {}),
      choices: [
        finishReason === null
          ? { index, delta, logprobs: null, finish_reason: null }
          : { index, delta, logprobs: logprobs ?? null, ...facts, finish_reason: finishReason },
      ],
    });
    return [
      chunk({ role: role ?? 'assistant', content: '' }, null),
      chunk(deltaOf(message), null),
      chunk({}, typeof reason === 'string' ? reason : 'stop'),
    ];
  });
}

function deltaOf(message: Fields): Fields {
  const calls = message['tool_calls'];
  if (!Array.isArray(calls)) return message;
  return { ...message, tool_calls: calls.map((call: unknown, index) => ({ index, ...(call as Fields) })) };
}
