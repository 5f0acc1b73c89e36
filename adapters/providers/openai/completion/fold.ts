import { isObject, type JsonObject } from '../../shared/json';

/** Text that is given whole each time it is given: a later value replaces the earlier one. */
const WHOLE = new Set(['id', 'type', 'role', 'name', 'format', 'signature', 'status', 'severity', 'object', 'model', 'mime_type', 'url']);
/** Entries of these types come in pieces even where they carry no index. */
const PIECEWISE_TYPE = /reason|think|text|summary/;

/**
 * Adds a piece of a streamed field to what came before: text is continued, lists grow, objects are filled in, all else replaces.
 * The piece itself is never changed or kept: it is on its way to the client.
 * @param isText - false: strings replace (fields of a choice, which are facts, where those of a delta are pieces)
 */
export function fold(target: JsonObject, name: string, piece: unknown, isText = true): void {
  if (piece === undefined || piece === null) return;
  const before = target[name];
  if (typeof piece === 'string') target[name] = typeof before === 'string' && isText && !WHOLE.has(name) ? before + piece : piece;
  else if (Array.isArray(piece) && Array.isArray(before)) foldList(before, piece, isText);
  else if (isObject(piece) && isObject(before)) foldAll(before, piece, isText);
  else target[name] = copy(piece);
}

function foldAll(target: JsonObject, piece: JsonObject, isText: boolean): void {
  for (const name of Object.keys(piece)) fold(target, name, piece[name], isText);
}

/** Entries of one piece are never put together with each other, only with those of earlier pieces. */
function foldList(list: unknown[], pieces: readonly unknown[], isText: boolean): void {
  const known = list.length;
  for (const piece of pieces) {
    const entry = isObject(piece) ? entryOf(list, known, piece) : undefined;
    if (entry === undefined) list.push(copy(piece));
    else foldAll(entry, piece as JsonObject, isText);
  }
}

function entryOf(list: readonly unknown[], known: number, piece: JsonObject): JsonObject | undefined {
  const { index, type } = piece;
  if (typeof index === 'number') {
    return list.find((entry): entry is JsonObject => isObject(entry) && entry['index'] === index && isSame(entry['type'], type));
  }
  const last = list[known - 1];
  if (!isObject(last) || typeof type !== 'string' || !PIECEWISE_TYPE.test(type)) return undefined;
  const isEnded = typeof last['signature'] === 'string' && last['signature'] !== '';
  return last['type'] === type && isSame(last['id'], piece['id']) && !isEnded ? last : undefined;
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || left === undefined || left === null || right === undefined || right === null;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part)])) : value;
}

/**
 * Puts base64 together that came in pieces. Each piece may be encoded for itself (its padding then stands in the middle) or be a cut
 * of one long text.
 */
export function joinBase64(pieces: readonly string[]): string {
  const text = pieces.join('');
  const encoded = text.match(/[^=]+=*/g) ?? [];
  return encoded.length < 2 ? text : Buffer.concat(encoded.map((part) => Buffer.from(part, 'base64'))).toString('base64');
}
