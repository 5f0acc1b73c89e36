import { z } from 'zod';
import type { Modality } from '../../../domain/provider/catalogue';
import { imageTask, textTask, videoTask } from '../../tasks/schema';
import type { Path } from '../path';

/** What a cell may become at a place of an item. `any`: the place is the caller's own, or a parameter nobody describes. */
export type CellKind = 'string' | 'number' | 'integer' | 'boolean' | 'list' | 'object' | 'any';

/** A task's body as JSON Schema, as far as it is walked. */
interface Node {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $defs?: Readonly<Record<string, Node>>;
}

const SCHEMAS: Readonly<Record<Modality, z.ZodType>> = { text: textTask, image: imageTask, video: videoTask };
const KINDS: Readonly<Record<string, CellKind>> = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
};
/** Fields of a task that no item has. */
const NOT_OF_ITEMS = ['callback_url', 'priority'];
const LONGEST_WALK = 12;

const described = new Map<Modality, Node>();

function schemaOf(type: Modality): Node {
  const known = described.get(type);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(SCHEMAS[type], { io: 'input', unrepresentable: 'any' }) as Node;
  described.set(type, schema);
  return schema;
}

/** The kinds that the place of an item may hold; empty: items of the type have no such place. */
export function kindsAt(type: Modality, path: Path): ReadonlySet<CellKind> {
  const root = schemaOf(type);
  let nodes: readonly Node[] = [root];
  for (const step of path) nodes = nodes.flatMap((node) => alternatives(root, node)).flatMap((node) => below(node, step));
  const leaves = nodes.flatMap((node) => alternatives(root, node));
  return new Set(leaves.flatMap(kindsOf));
}

/** Names of columns that items of the type may have, for messages. */
export function columnNames(type: Modality): readonly string[] {
  const root = schemaOf(type);
  const names = Object.entries(root.properties ?? {}).flatMap(([name, node]) => {
    if (NOT_OF_ITEMS.includes(name)) return [];
    const inner = alternatives(root, node).flatMap((one) => Object.keys(one.properties ?? {}));
    return inner.length === 0 ? [name] : inner.map((below) => `${name}.${below}`);
  });
  return ['key', ...names];
}

function alternatives(root: Node, node: Node, depth = 0): readonly Node[] {
  if (depth > LONGEST_WALK) return [];
  if (node.$ref !== undefined) {
    const target = node.$ref === '#' ? root : root.$defs?.[node.$ref.replace('#/$defs/', '')];
    return target === undefined ? [] : alternatives(root, target, depth + 1);
  }
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (inner.length === 0) return [node];
  const own = node.properties === undefined ? [] : [node];
  return [...own, ...inner.flatMap((one) => alternatives(root, one, depth + 1))];
}

function below(node: Node, step: string | number): readonly Node[] {
  if (typeof step === 'number') return typeof node.items === 'object' ? [node.items] : [];
  const named = node.properties !== undefined && Object.hasOwn(node.properties, step) ? node.properties[step] : undefined;
  if (named !== undefined) return [named];
  if (typeof node.additionalProperties === 'object') return [node.additionalProperties];
  return isAnything(node) ? [node] : [];
}

function kindsOf(node: Node): readonly CellKind[] {
  if (node.type === 'null') return [];
  if (node.type !== undefined) return [node.type].flat().flatMap((type) => KINDS[type] ?? []);
  const values = node.enum ?? (node.const === undefined ? [] : [node.const]);
  if (values.length > 0) return values.flatMap((value) => KINDS[typeof value] ?? []);
  return isAnything(node) ? ['any'] : [];
}

function isAnything(node: Node): boolean {
  return node.type === undefined && node.properties === undefined && node.enum === undefined && node.const === undefined;
}
