/** `{{name}}` stands for an input; `\{{` for two braces, as the server reads them. */
const TOKEN = /\\\{\{|\{\{\s{0,8}([A-Za-z][A-Za-z0-9_-]{0,62})\s{0,8}\}\}/g;
export const INPUT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Names that a text's placeholders stand for, each once. */
export function placeholdersIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(TOKEN)].flatMap(([, name]) => (name === undefined ? [] : [name])))];
}

/** A piece of a text that was filled in: `input` names the input that it came from. */
export interface Piece {
  readonly text: string;
  readonly input: string | null;
}

/** The text with its placeholders filled, each once: what a value contains is never looked at again. */
export function fill(text: string, valueOf: (name: string) => string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, name] = match;
    pieces.push({ text: text.slice(from, match.index), input: null });
    pieces.push(name === undefined ? { text: '{{', input: null } : { text: valueOf(name), input: name });
    from = match.index + token.length;
  }
  return [...pieces, { text: text.slice(from), input: null }].filter((piece) => piece.text !== '');
}
