import { z } from 'zod';

/** The value without nulls that stand for an absent field; the same value when there is none. */
type DropNulls = (value: unknown) => unknown;

type Fields = Readonly<Record<string, unknown>>;
type Def = z.core.$ZodTypes['_zod']['def'];

/** The schema, or null: of a field whose null is a value of its own ("take it away"), not another word for absent. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

const compiled = new WeakMap<z.core.$ZodType, DropNulls | null>();

/**
 * A request without the nulls that mean "not given": SDKs write `null` for every optional field that a program left out. Dropped is
 * a null in an optional field that the schema knows, unless the field is `orNull`; nulls in unknown fields, in lists and in objects
 * of the caller's own (metadata, JSON schemas) stay. Nothing is copied but objects that hold one.
 */
export function withoutNulls(schema: z.core.$ZodType, value: unknown): unknown {
  return dropperOf(schema)?.(value) ?? value;
}

/** Compiled once for each schema; null: nothing below it can be dropped. */
function dropperOf(schema: z.core.$ZodType): DropNulls | null {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  // Ends the walk of a schema that holds itself.
  compiled.set(schema, null);
  const dropper = compile((schema as z.core.$ZodTypes)._zod.def);
  compiled.set(schema, dropper);
  return dropper;
}

function compile(def: Def): DropNulls | null {
  if (def.type === 'object') return ofObject(def.shape);
  if (def.type === 'array') return ofArray(dropperOf(def.element));
  if (def.type === 'union') return ofUnion(def.options);
  if (def.type === 'pipe') return dropperOf(def.in);
  return 'innerType' in def ? dropperOf(def.innerType) : null;
}

function ofObject(shape: Readonly<Record<string, z.core.$ZodType>>): DropNulls | null {
  const droppable = new Set(Object.keys(shape).filter((name) => isDroppable(shape[name])));
  const inner = new Map<string, DropNulls>();
  for (const [name, field] of Object.entries(shape)) {
    const dropper = dropperOf(field);
    if (dropper !== null) inner.set(name, dropper);
  }
  if (droppable.size === 0 && inner.size === 0) return null;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    let copy: Record<string, unknown> | null = null;
    for (const name of Object.keys(value)) {
      const given = (value as Fields)[name];
      if (given === null) {
        if (!droppable.has(name)) continue;
        copy ??= { ...(value as Fields) };
        Reflect.deleteProperty(copy, name);
        continue;
      }
      const kept = typeof given === 'object' ? (inner.get(name)?.(given) ?? given) : given;
      if (kept === given) continue;
      copy ??= { ...(value as Fields) };
      copy[name] = kept;
    }
    return copy ?? value;
  };
}

function ofArray(element: DropNulls | null): DropNulls | null {
  if (element === null) return null;
  return (value) => {
    if (!Array.isArray(value)) return value;
    const list: readonly unknown[] = value;
    let copy: unknown[] | null = null;
    for (const [index, given] of list.entries()) {
      const kept = element(given);
      if (kept === given) continue;
      copy ??= [...list];
      copy[index] = kept;
    }
    return copy ?? list;
  };
}

function ofUnion(options: readonly z.core.$ZodType[]): DropNulls | null {
  const droppers = options.map((option) => [option, dropperOf(option)] as const);
  if (droppers.every(([, dropper]) => dropper === null)) return null;
  return (value) => {
    for (const [option, dropper] of droppers) if (mayBe(option, value) && dropper !== null) return dropper(value);
    return value;
  };
}

/** False when the value has another kind than the option, or a literal field (its discriminator) another value. */
function mayBe(option: z.core.$ZodType, value: unknown): boolean {
  const { def } = (option as z.core.$ZodTypes)._zod;
  if (def.type === 'array') return Array.isArray(value);
  if (def.type !== 'object') return dropperOf(option) !== null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(def.shape).every(([name, field]) => {
    const { values } = field._zod;
    return values === undefined || field._zod.optin !== undefined || values.has((value as Fields)[name] as z.core.util.Primitive);
  });
}

function isDroppable(field: z.core.$ZodType | undefined): boolean {
  if (field === undefined || field._zod.optin === undefined) return false;
  let { def } = (field as z.core.$ZodTypes)._zod;
  while (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') def = (def.innerType as z.core.$ZodTypes)._zod.def;
  return !(def.type === 'union' && def.options.some((option) => (option as z.core.$ZodTypes)._zod.def.type === 'null'));
}
