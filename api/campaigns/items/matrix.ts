import { AppError } from '../../../domain/errors';
import { CAMPAIGN_LIMITS, tooManyItems } from '../body/limits';
import { isJsonObject } from '../merge';
import { pathOf, withAt, type Path } from '../path';
import type { SourceItem } from './source';

/** A parameter of which every item gets each of some values. */
interface Axis {
  readonly path: Path;
  readonly values: readonly unknown[];
}

/** Multiplies items by the values of parameters. */
export interface Matrix {
  /** Every item once for each combination, the last parameter changing fastest; keys `sku-1/calm/1`. */
  expand(items: AsyncIterable<SourceItem>): AsyncIterable<SourceItem>;
}

/** @throws AppError `invalid_value` for a name that is no parameter, `request_too_large` for too many combinations */
export function matrixOf(given: Readonly<Record<string, readonly unknown[]>>): Matrix {
  const axes = Object.entries(given).map(([name, values]): Axis => {
    const path = pathOf(name);
    if (path === null || path[0] === 'key') {
      throw new AppError(
        'invalid_value',
        `Invalid matrix: ${JSON.stringify(name.slice(0, 100))} is no parameter of an item, such as output.seed.`,
        {
          param: 'matrix',
        },
      );
    }
    return { path, values };
  });
  if (axes.reduce((count, { values }) => count * values.length, 1) > CAMPAIGN_LIMITS.maxItems) throw tooManyItems();
  return {
    async *expand(items) {
      let position = 0;
      for await (const item of items) {
        position += 1;
        yield* combinations(item, position, axes);
      }
    },
  };
}

function* combinations(item: SourceItem, position: number, axes: readonly Axis[]): Generator<SourceItem> {
  // What is no item is said once.
  if (!isJsonObject(item.own)) {
    yield item;
    return;
  }
  const given = item.own['key'];
  const base = given ?? String(position);
  for (const { own, names } of multiplied(item.own, axes)) {
    const key = typeof base === 'string' ? [base, ...names].join('/') : base;
    yield { ...item, own: { ...own, key }, text: `${item.text} ${names.join('/')}` };
  }
}

interface Variant {
  readonly own: Readonly<Record<string, unknown>>;
  readonly names: readonly string[];
}

function* multiplied(own: Variant['own'], [axis, ...others]: readonly Axis[], names: readonly string[] = []): Generator<Variant> {
  if (axis === undefined) {
    yield { own, names };
    return;
  }
  for (const [at, value] of axis.values.entries()) {
    yield* multiplied(withAt(own, axis.path, value), others, [...names, nameOf(value, at)]);
  }
}

/** A value in a key: its text, or its position in the list. */
function nameOf(value: unknown, at: number): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : String(at + 1);
}
