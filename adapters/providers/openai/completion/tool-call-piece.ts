import { isObject, parseJson, type JsonObject } from '../../shared/json';

/** One entry of a delta's `tool_calls`, as read: what was not given, or given as null, is empty. */
export interface Piece {
  readonly kind: 'function' | 'custom' | 'other';
  readonly index: number | undefined;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Arguments of a function, input of a custom tool. */
  readonly text: string;
  readonly rest: JsonObject;
}

/** A call as far as these questions need it. */
interface Known {
  readonly kind: Piece['kind'];
  readonly upstreamId: string;
  readonly name: string;
  readonly text: string;
}

const OWN = new Set(['index', 'id', 'type', 'function', 'custom', 'name', 'arguments']);

export function readPiece(entry: JsonObject): Piece {
  const custom = entry['custom'];
  const named = isObject(entry['function']) ? entry['function'] : entry;
  const isCustom = isObject(custom) || entry['type'] === 'custom';
  const body = isCustom ? (isObject(custom) ? custom : {}) : named;
  const rest: JsonObject = {};
  for (const name of Object.keys(entry)) {
    if (!OWN.has(name) && entry[name] !== undefined && entry[name] !== null) rest[name] = entry[name];
  }
  const name = wordOf(body['name']);
  const isOther = !isCustom && named === entry && name === '' && entry['arguments'] === undefined && Object.values(rest).some(isObject);
  return {
    kind: isCustom ? 'custom' : isOther ? 'other' : 'function',
    index: indexOf(entry['index']),
    id: wordOf(entry['id']),
    type: wordOf(entry['type']),
    name,
    text: argumentsOf(isCustom ? body['input'] : body['arguments']),
    rest,
  };
}

/** The arguments are a whole JSON object: nothing can follow but another call. */
export function isComplete(call: Known): boolean {
  const text = call.text.trimEnd();
  return call.kind === 'function' && text.endsWith('}') && parseJson(text) !== undefined;
}

/**
 * A piece that has the index or the id of a known call: is it the beginning of another one? Some servers give every call index 0, or the
 * function's name as id; others give each piece of one call a new id.
 */
export function startsAnother(call: Known, piece: Piece, isSameDelta: boolean): boolean {
  const isOtherId = piece.id !== '' && call.upstreamId !== '' && piece.id !== call.upstreamId;
  const isWhole = isComplete.bind(null, call);
  if (piece.name === '') return isOtherId && piece.text !== '' && isWhole();
  if (call.name === '') return false;
  if (isSameDelta) return isOtherId || piece.name !== call.name || isWhole();
  if (call.kind === 'custom') return isOtherId;
  if (call.text === '') return isOtherId && piece.name !== call.name;
  if (!isWhole() || piece.text.trim() === '') return isOtherId && isWhole();
  return isOtherId || piece.text !== call.text;
}

function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

function indexOf(value: unknown): number | undefined {
  const index = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : undefined;
}
