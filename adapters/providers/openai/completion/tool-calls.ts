import { randomUUID } from 'node:crypto';
import { isObject, type JsonObject } from '../../shared/json';
import { fold } from './fold';
import { isComplete, readPiece, startsAnother, type Piece } from './tool-call-piece';

/**
 * The tool calls of one choice. Servers give indices, ids and names once, late, again, in pieces or not at all; clients want the id, the
 * type and the name in a call's first delta and never again, and only arguments after it.
 */
export interface ToolCalls {
  /** Takes the `tool_calls` of a delta; returns those to hand on. */
  add(pieces: unknown): readonly JsonObject[];
  /** Takes the `tool_calls` of a whole message: each entry is a call of its own. */
  addWhole(calls: unknown): readonly JsonObject[];
  /** What was still held back, at the end of the choice. */
  flush(): readonly JsonObject[];
  /** The calls put together. */
  all(): readonly JsonObject[];
}

/** A call as far as it came. */
export interface ToolCall {
  kind: 'function' | 'custom' | 'other';
  upstreamIndex: number | undefined;
  upstreamId: string;
  type: string;
  name: string;
  /** Arguments of a function, input of a custom tool. */
  text: string;
  readonly rest: JsonObject;
  /** Its place among those handed on, from its first delta on. */
  opened: { readonly index: number; readonly id: string } | null;
}

/** A call without an id waits for it until this much of its arguments is here; then it gets one of ours. */
const MOST_HELD = 1_024;

export function createToolCalls(): ToolCalls {
  const calls: ToolCall[] = [];
  const ids = new Set<string>();
  let current: ToolCall | undefined;
  let opened = 0;

  function begin(piece: Piece): ToolCall {
    const { kind, index } = piece;
    const call: ToolCall = { kind, upstreamIndex: index, upstreamId: '', type: '', name: '', text: '', rest: {}, opened: null };
    calls.push(call);
    return call;
  }

  function open(call: ToolCall, out: JsonObject[]): void {
    for (const earlier of calls) {
      if (earlier === call) break;
      if (earlier.opened === null && hasSubstance(earlier)) open(earlier, out);
    }
    const id = call.upstreamId !== '' && !ids.has(call.upstreamId) ? call.upstreamId : `call_${randomUUID().replaceAll('-', '')}`;
    ids.add(id);
    call.opened = { index: opened++, id };
    out.push({ index: call.opened.index, ...whole(call) });
  }

  function take(call: ToolCall, piece: Piece, out: JsonObject[]): void {
    if (call.opened === null) {
      if (piece.kind !== 'function') call.kind = piece.kind;
      if (piece.type !== '') call.type = piece.type;
      if (call.upstreamId === '') call.upstreamId = piece.id;
      if (call.text === '') call.name = joinName(call.name, piece.name);
    }
    call.text += piece.text;
    for (const name of Object.keys(piece.rest)) fold(call.rest, name, piece.rest[name], false);
    if (call.opened !== null) {
      if (piece.text === '' && Object.keys(piece.rest).length === 0) return;
      out.push({
        index: call.opened.index,
        ...(piece.text === '' ? {} : { [call.kind]: { [textField(call)]: piece.text } }),
        ...piece.rest,
      });
    } else if (
      call.kind === 'other' ||
      (call.name !== '' && call.text !== '' && (call.upstreamId !== '' || call.text.length > MOST_HELD))
    ) {
      open(call, out);
    }
  }

  /** The call that a piece belongs to; undefined: a new one. */
  function find(piece: Piece, position: number, count: number, touched: ReadonlySet<ToolCall>): ToolCall | undefined {
    if (piece.index !== undefined) {
      const same = calls.findLast((call) => call.upstreamIndex === piece.index);
      if (same !== undefined) return startsAnother(same, piece, touched.has(same)) ? undefined : same;
      if (piece.name !== '') return undefined;
      // Some servers count the pieces, or give the index only once the arguments begin.
      const known = piece.id === '' ? undefined : calls.findLast((call) => call.upstreamId === piece.id && !isComplete(call));
      return known ?? (piece.id === '' && calls.every((call) => call.upstreamIndex === undefined) ? current : undefined);
    }
    if (piece.id !== '') {
      const same = calls.findLast((call) => call.upstreamId === piece.id);
      if (same !== undefined) return startsAnother(same, piece, touched.has(same)) ? undefined : same;
    }
    if (current === undefined || (touched.has(current) && (piece.name !== '' || piece.id !== ''))) return undefined;
    if (piece.id !== '') return continuesUnder(current, piece) ? current : undefined;
    if (piece.name === '') return count > 1 && count === calls.length ? calls[position] : current;
    const isOtherName = current.name !== '' && current.name !== piece.name && current.upstreamId === '';
    return isOtherName || isComplete(current) ? undefined : current;
  }

  return {
    add(value) {
      const out: JsonObject[] = [];
      const pieces = listOf(value);
      const touched = new Set<ToolCall>();
      pieces.forEach((entry, position) => {
        const piece = readPiece(entry);
        const found = find(piece, position, pieces.length, touched);
        current = found ?? begin(piece);
        touched.add(current);
        // Some servers end by sending the whole call once more.
        if (found !== undefined && piece.name !== '' && piece.text !== '' && piece.text === found.text && isComplete(found)) return;
        take(current, piece, out);
      });
      return out;
    },
    addWhole(value) {
      const out: JsonObject[] = [];
      for (const entry of listOf(value)) {
        const piece = readPiece(entry);
        const call = begin(piece);
        take(call, piece, out);
        if (call.opened === null && hasSubstance(call)) open(call, out);
      }
      return out;
    },
    flush() {
      const out: JsonObject[] = [];
      for (const call of calls) if (call.opened === null && hasSubstance(call)) open(call, out);
      return out;
    },
    all: () =>
      calls
        .filter((call) => call.opened !== null)
        .sort((left, right) => (left.opened?.index ?? 0) - (right.opened?.index ?? 0))
        .map(whole),
  };
}

function whole(call: ToolCall): JsonObject {
  const type = call.type !== '' ? call.type : call.kind === 'custom' ? 'custom' : 'function';
  const body = call.kind === 'other' ? {} : { [call.kind]: { name: call.name, [textField(call)]: call.text } };
  return { id: call.opened?.id, type, ...body, ...call.rest };
}

function textField(call: ToolCall): string {
  return call.kind === 'custom' ? 'input' : 'arguments';
}

/** Something a client can act on: a call that never got a name, arguments or anything else is left out. */
function hasSubstance(call: ToolCall): boolean {
  return call.kind === 'other' || call.name !== '' || call.text !== '';
}

/** A name comes once, repeated, in pieces, or as far as it is known. */
function joinName(before: string, piece: string): string {
  if (piece === '' || piece === before) return before;
  return piece.startsWith(before) ? piece : before + piece;
}

/** Without an index, an id not seen before: does the call before go on under it? */
function continuesUnder(call: ToolCall, piece: Piece): boolean {
  if (isComplete(call)) return false;
  if (call.upstreamId === '') return piece.name === '' || call.name === '' || piece.name === call.name;
  if (piece.text === '' || call.kind === 'custom') return false;
  return piece.name === '' || (piece.name === call.name && call.text !== '');
}

function listOf(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}
