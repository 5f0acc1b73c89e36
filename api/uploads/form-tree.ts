import { AppError } from '../../domain/errors';

/** A node of a form: text, or named children. Lists are nodes whose names are numbers. */
type Node = string | Map<string, Node>;

const MAX_DEPTH = 6;
const MAX_INDEX = 100;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Splits `a[b][]` into `a`, `b`, ``. @throws AppError `invalid_multipart` */
export function splitFieldName(name: string): readonly string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  const root = match?.[1];
  if (root === undefined) {
    throw new AppError('invalid_multipart', `The field name ${JSON.stringify(name.slice(0, 100))} is malformed.`);
  }
  const rest = [...(match?.[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '');
  const path = [root, ...rest];
  const isOutOfRange = path.some((part) => FORBIDDEN.has(part) || (/^\d+$/.test(part) && Number(part) >= MAX_INDEX));
  if (path.length > MAX_DEPTH || isOutOfRange) {
    throw new AppError('invalid_multipart', `The field name ${JSON.stringify(name.slice(0, 100))} is not allowed.`);
  }
  return path;
}

function put(parent: Map<string, Node>, path: readonly string[], value: string): void {
  const head = path[0] ?? '';
  const key = head === '' ? String(parent.size) : head;
  const existing = parent.get(key);
  if (path.length > 1) {
    const child = existing instanceof Map ? existing : new Map<string, Node>();
    put(child, path.slice(1), value);
    parent.set(key, child);
    return;
  }
  // A name given twice is a list, as SDKs that write `image` twice mean it.
  const isRepeated = existing !== undefined;
  parent.set(key, isRepeated ? appended(existing, value) : value);
}

function appended(existing: Node, value: string): Node {
  const list = existing instanceof Map ? existing : new Map<string, Node>([['0', existing]]);
  list.set(String(list.size), value);
  return list;
}

function plain(node: Node): unknown {
  if (typeof node === 'string') {
    return node;
  }
  const entries = [...node.entries()];
  if (entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([left], [right]) => Number(left) - Number(right)).map(([, child]) => plain(child));
  }
  return Object.fromEntries(entries.map(([key, child]) => [key, plain(child)]));
}

/** The object that a form's text fields stand for: `a[b]` nests, `a[]`, `a[0]` and a repeated `a` are lists. */
export function formTree(fields: readonly (readonly [name: string, value: string])[]): Record<string, unknown> {
  const root = new Map<string, Node>();
  for (const [name, value] of fields) {
    put(root, splitFieldName(name), value);
  }
  return Object.fromEntries([...root.entries()].map(([key, node]) => [key, plain(node)]));
}

/** What a field of a form stands for in JSON. */
export type FieldKind = 'number' | 'boolean';

/**
 * Turns the text of numbers and booleans into numbers and booleans (multipart knows text only). Text that is neither stays as it is
 * and is refused by the endpoint's schema, with the field's name.
 */
export function coerceFields(
  fields: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, FieldKind>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, coerce(value, kinds[name])]));
}

function coerce(value: unknown, kind: FieldKind | undefined): unknown {
  if (typeof value !== 'string' || kind === undefined) {
    return value;
  }
  if (value === 'null') {
    return null;
  }
  if (kind === 'boolean') {
    return /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : value;
  }
  return /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
}
