import { isObject, type JsonObject } from '../shared/json';
import type { Quirks } from './quirks';

/**
 * Puts thinking where clients look for it, `reasoning_content`: servers call it `reasoning`, or write it into the text between `<think>`
 * and `</think>`. One reader for each answer: a tag may come in pieces.
 */
export interface ReasoningReader {
  /** Changes a chunk, or a whole answer, in place. */
  read(body: JsonObject): void;
}

const OPEN = '<think>';
const CLOSE = '</think>';

export function createReasoningReader({ reasoning, thinkTags }: Pick<Quirks, 'reasoning' | 'thinkTags'>): ReasoningReader {
  const readers = new Map<unknown, TagReader>();

  function readMessage(message: JsonObject, choice: JsonObject): void {
    if (reasoning === true && typeof message['reasoning'] === 'string') {
      const { reasoning: thought } = message;
      delete message['reasoning'];
      if (typeof message['reasoning_content'] !== 'string' || message['reasoning_content'] === '') message['reasoning_content'] = thought;
    }
    if (thinkTags !== true) return;
    const { index = 0 } = choice;
    let reader = readers.get(index);
    if (reader === undefined) readers.set(index, (reader = createTagReader()));
    const isEnd = choice['finish_reason'] !== null && choice['finish_reason'] !== undefined;
    if (typeof message['content'] !== 'string' && !isEnd) return;
    const { text, thought } = reader(typeof message['content'] === 'string' ? message['content'] : '', isEnd);
    if (text !== '' || typeof message['content'] === 'string') message['content'] = text;
    if (thought === '') return;
    const before = message['reasoning_content'];
    message['reasoning_content'] = (typeof before === 'string' ? before : '') + thought;
  }

  return {
    read(body) {
      if ((reasoning !== true && thinkTags !== true) || !Array.isArray(body['choices'])) return;
      for (const choice of body['choices'].filter(isObject)) {
        const message = choice['delta'] ?? choice['message'];
        if (isObject(message)) readMessage(message, choice);
        else if (choice['finish_reason'] !== null && choice['finish_reason'] !== undefined) {
          const rest: JsonObject = {};
          readMessage(rest, choice);
          if (Object.keys(rest).length > 0) choice['delta'] = rest;
        }
      }
    },
  };
}

/** Takes a piece of text; what could be the beginning of a tag waits for the next piece. */
type TagReader = (piece: string, isEnd: boolean) => { readonly text: string; readonly thought: string };

/** Only an answer that begins with the tag is read so: one further down is the answer's own. */
function createTagReader(): TagReader {
  let state: 'start' | 'thinking' | 'gap' | 'text' = 'start';
  let held = '';
  return (piece, isEnd) => {
    let [text, thought] = ['', ''];
    let rest = held + piece;
    held = '';
    if (state === 'start') {
      const said = rest.trimStart();
      if (said.startsWith(OPEN)) [state, rest] = ['thinking', said.slice(OPEN.length)];
      else if (OPEN.startsWith(said) && !isEnd) [held, rest] = [rest, ''];
      else state = 'text';
    }
    if (state === 'thinking') {
      const end = rest.indexOf(CLOSE);
      const most = end === -1 ? rest.length - (isEnd ? 0 : lengthOfBeginning(rest)) : end;
      thought = rest.slice(0, most);
      if (end === -1) [held, rest] = [rest.slice(most), ''];
      else [state, rest] = ['gap', rest.slice(end + CLOSE.length)];
    }
    if (state === 'gap') {
      rest = rest.trimStart();
      if (rest !== '') state = 'text';
    }
    text += rest;
    return { text, thought };
  };
}

/** How much of the end may be the beginning of the closing tag. */
function lengthOfBeginning(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  }
  return 0;
}
