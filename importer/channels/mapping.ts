import type { LegacyProduct } from '../../domain/migration/source';

/** The upstream names of a channel's models. */
export interface Mapping {
  /** By the client's name; null: the program itself refuses the model. */
  readonly routes: ReadonlyMap<string, string | null>;
  /** Models whose mapping runs in a circle. */
  readonly cycles: readonly string[];
  readonly isInvalid: boolean;
}

/**
 * New API follows a chain to its end, stops at a name that maps to itself, and refuses circles and text that is no JSON. One API takes one
 * step, and passes names on when it can't read the mapping.
 */
export function mapModels(product: LegacyProduct, models: readonly string[], json: string): Mapping {
  const steps = stepsOf(json);
  const isInvalid = steps === null;
  const routes = new Map<string, string | null>();
  const cycles: string[] = [];
  for (const model of models) {
    if (steps === null) routes.set(model, null);
    else if (product === 'one-api') routes.set(model, steps.get(model) ?? model);
    else {
      const end = follow(model, steps);
      if (end === null) cycles.push(model);
      routes.set(model, end);
    }
  }
  return { routes, cycles, isInvalid };
}

function follow(model: string, steps: ReadonlyMap<string, string>): string | null {
  const seen = new Set<string>();
  let name = model;
  for (;;) {
    const next = steps.get(name);
    if (next === undefined || next === '' || next === name) return name;
    if (seen.has(name)) return null;
    seen.add(name);
    name = next;
  }
}

function stepsOf(json: string): ReadonlyMap<string, string> | null {
  if (json === '') return new Map();
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    return new Map(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return null;
  }
}
