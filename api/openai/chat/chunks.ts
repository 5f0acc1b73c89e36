import type { ChatChunk } from '../../../domain/provider/provider';

type Fields = Readonly<Record<string, unknown>>;

/** Writes the chunks of one answer: same id, time and model in all, the role first, the usage last and only when asked for. */
export interface ChunkWriter {
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
  const head = `{"id":${JSON.stringify(answer.id)},"object":"chat.completion.chunk","created":${answer.created},"model":${JSON.stringify(answer.model)},`;
  const withRole = new Set<number>();
  let reported: unknown = null;

  function line(rest: Fields): string {
    return head + JSON.stringify(includeUsage ? { ...rest, usage: rest['usage'] ?? null } : rest).slice(1);
  }

  return {
    onChunk(chunk) {
      const { id: _id, object: _object, created: _created, model: _model, usage, ...rest } = chunk;
      reported = usage ?? reported;
      if (rest.choices.length === 0) return [];
      const roles = rest.choices
        .filter(({ index, delta }) => !withRole.has(index) && delta['role'] === undefined)
        .map(({ index }) => ({ index, delta: { role: 'assistant', content: '' }, finish_reason: null }));
      for (const { index } of rest.choices) withRole.add(index);
      return roles.length === 0 ? [line(rest)] : [line({ choices: roles }), line(rest)];
    },
    onEnd: (usage) => (includeUsage ? [line({ choices: [], usage: usage ?? reported })] : []),
  };
}

/** The chunks that a stored answer would have come in: for replays, and for answers that came whole. */
export function chunksOf(body: Fields): readonly ChatChunk[] {
  const choices = Array.isArray(body['choices']) ? (body['choices'] as readonly Fields[]) : [];
  const extra = Object.fromEntries(['system_fingerprint', 'service_tier'].filter((name) => name in body).map((name) => [name, body[name]]));
  return choices.flatMap((choice, position) => {
    const index = typeof choice['index'] === 'number' ? choice['index'] : position;
    const { role, ...message } = (choice['message'] ?? {}) as Fields;
    const chunk = (delta: Fields, finishReason: string | null): ChatChunk => ({
      ...extra,
      choices: [{ index, delta, logprobs: finishReason === null ? null : (choice['logprobs'] ?? null), finish_reason: finishReason }],
    });
    const reason = choice['finish_reason'];
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
