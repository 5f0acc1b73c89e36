import type { ChatChunk } from '../../../domain/provider/provider';

type Fields = Readonly<Record<string, unknown>>;

/** Characters of a piece: about two tokens. */
const PIECE = 8;

/**
 * The chunks of an answer, cut by nothing but its text: reasoning, then text, in pieces of equal length, then all else. Events made of them
 * have the same numbers whenever they are made, so a stream can be resumed from the stored answer alone.
 */
export function piecesOf(body: Fields): readonly ChatChunk[] {
  const [choice] = (body['choices'] ?? []) as readonly (Fields | undefined)[];
  const { reasoning_content: reasoning, content, ...rest } = (choice?.['message'] ?? {}) as Fields;
  const calls = Array.isArray(rest['tool_calls'])
    ? { tool_calls: rest['tool_calls'].map((call: Fields, index) => ({ index, ...call })) }
    : {};
  return [
    ...cut(reasoning).map((piece) => chunkOf({ reasoning_content: piece })),
    ...cut(content).map((piece) => chunkOf({ content: piece })),
    chunkOf({ ...rest, ...calls }),
  ];
}

function cut(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  const pieces: string[] = [];
  let piece = '';
  let length = 0;
  for (const character of text) {
    piece += character;
    length += 1;
    if (length < PIECE) continue;
    pieces.push(piece);
    piece = '';
    length = 0;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function chunkOf(delta: Fields): ChatChunk {
  return { choices: [{ index: 0, delta, finish_reason: null }] };
}

/** Cuts an answer while it comes. */
export interface LivePieces {
  /** The pieces that are sure to be among those of the whole answer, each given once. */
  add(chunk: ChatChunk): readonly ChatChunk[];
  /** The pieces that were not given yet; null: what was given is not how the answer begins, as reasoning went on behind the text. */
  rest(body: Fields): readonly ChatChunk[] | null;
}

export function createLivePieces(): LivePieces {
  const given: string[] = [];
  let field: 'reasoning_content' | 'content' = 'reasoning_content';
  let open = '';

  function give(piece: string): ChatChunk {
    const chunk = chunkOf({ [field]: piece });
    given.push(JSON.stringify(chunk));
    return chunk;
  }

  function whole(text: string): ChatChunk[] {
    const pieces = cut(open + text);
    const last = pieces.at(-1);
    // A piece that is full stays as it is, whatever follows.
    open = last !== undefined && Array.from(last).length < PIECE ? (pieces.pop() ?? '') : '';
    return pieces.map(give);
  }

  return {
    add({ choices }) {
      const delta = choices.find(({ index }) => index === 0)?.delta ?? {};
      const { reasoning_content: reasoning, content } = delta;
      const ready = typeof reasoning === 'string' && field === 'reasoning_content' ? whole(reasoning) : [];
      if (typeof content !== 'string' || content === '') return ready;
      if (field === 'reasoning_content') {
        if (open !== '') ready.push(give(open));
        open = '';
        field = 'content';
      }
      return [...ready, ...whole(content)];
    },
    rest(body) {
      const all = piecesOf(body);
      return given.every((piece, index) => piece === JSON.stringify(all[index])) ? all.slice(given.length) : null;
    },
  };
}
