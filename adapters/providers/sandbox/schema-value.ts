import { isObject, type JsonObject } from '../shared/json';
import type { Chance } from './chance';

/** Where values come from. */
export interface Source {
  readonly chance: Chance;
  readonly words: readonly [string, ...string[]];
}

const DEEPEST = 8;
const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that fits a simple JSON schema: types, enum, const, nested objects and arrays, references into the schema itself. */
export function valueFor(schema: unknown, source: Source): unknown {
  return make(schema, { ...source, root: schema, depth: 0 });
}

interface Making extends Source {
  readonly root: unknown;
  readonly depth: number;
}

function make(given: unknown, making: Making): unknown {
  const schema = settle(given, making.root);
  if (schema === null) return null;
  if (schema['const'] !== undefined) return schema['const'];
  const [choice] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  if (choice !== undefined) return choice;
  if (schema['default'] !== undefined) return schema['default'];
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, making);
    case 'array':
      return makeArray(schema, making);
    case 'integer':
      return Math.round(makeNumber(schema, making.chance));
    case 'number':
      return makeNumber(schema, making.chance);
    case 'boolean':
      return making.chance.next() < 0.5;
    case 'null':
      return null;
    default:
      return makeText(schema, making);
  }
}

/** Follows references and takes the first of several alternatives; null when there is no schema. */
function settle(given: unknown, root: unknown, hops = 0): JsonObject | null {
  if (!isObject(given) || hops > DEEPEST) return null;
  const reference = given['$ref'];
  if (typeof reference === 'string') return settle(lookUp(reference, root), root, hops + 1);
  const alternatives = given['anyOf'] ?? given['oneOf'];
  if (Array.isArray(alternatives)) {
    const first = (alternatives as unknown[]).find((schema) => isObject(schema) && schema['type'] !== 'null');
    return settle(first, root, hops + 1);
  }
  const parts = given['allOf'];
  if (!Array.isArray(parts)) return given;
  return parts.reduce<JsonObject>((merged, part) => mergeSchemas(merged, settle(part, root, hops + 1) ?? {}), {
    ...given,
    allOf: undefined,
  });
}

function mergeSchemas(left: JsonObject, right: JsonObject): JsonObject {
  const properties = {
    ...(isObject(left['properties']) ? left['properties'] : {}),
    ...(isObject(right['properties']) ? right['properties'] : {}),
  };
  return { ...left, ...right, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}

function lookUp(reference: string, root: unknown): unknown {
  const path = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '');
  return path.reduce<unknown>(
    (value, step) => (isObject(value) ? value[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    root,
  );
}

function typeOf(schema: JsonObject): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return (type as unknown[]).find((name) => name !== 'null') ?? 'null';
  if (type !== undefined) return type;
  if (isObject(schema['properties'])) return 'object';
  return schema['items'] === undefined ? 'string' : 'array';
}

function makeObject(schema: JsonObject, making: Making): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  // Recursive schemas end here: below a certain depth only what must be there is made, and below twice that nothing.
  const names = Object.keys(properties).filter((name) => making.depth < DEEPEST || (required.includes(name) && making.depth < 2 * DEEPEST));
  return Object.fromEntries(names.map((name) => [name, make(properties[name], { ...making, depth: making.depth + 1 })]));
}

function makeArray(schema: JsonObject, making: Making): unknown[] {
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : making.depth < DEEPEST ? 1 : 0;
  const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : 100;
  return Array.from({ length: Math.min(least, most, 100) }, () => make(schema['items'], { ...making, depth: making.depth + 1 }));
}

function makeNumber(schema: JsonObject, chance: Chance): number {
  const exclusive = typeof schema['exclusiveMinimum'] === 'number' ? schema['exclusiveMinimum'] + 1 : undefined;
  const least = typeof schema['minimum'] === 'number' ? schema['minimum'] : exclusive;
  const most = typeof schema['maximum'] === 'number' ? schema['maximum'] : undefined;
  if (least !== undefined) return least;
  return most ?? chance.below(100);
}

function makeText(schema: JsonObject, making: Making): string {
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  const text = format ?? making.chance.pick(making.words);
  const least = typeof schema['minLength'] === 'number' ? Math.min(schema['minLength'], 10_000) : 0;
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : undefined;
  return text.padEnd(least, '.').slice(0, most);
}
