/** A place in an item: `output.seed`, `input.images[0].url`. */
export type Path = readonly (string | number)[];

const STEP = /([^.[\]]+)|\[(\d{1,2})\]/g;
const PATH = /^[^.[\]]+(?:\.[^.[\]]+|\[\d{1,2}\])*$/;

/** null: the text is no path. */
export function pathOf(text: string): Path | null {
  if (!PATH.test(text)) return null;
  return [...text.matchAll(STEP)].map(([, name, index]) => name ?? Number(index));
}

type Node = Record<string, unknown> | unknown[];

/** Puts a value at its place, making the objects and lists on the way; what is there and is neither is replaced. */
export function putAt(target: Record<string, unknown>, path: Path, value: unknown): void {
  let node: Node = target;
  for (const [at, step] of path.entries()) {
    if (at === path.length - 1) {
      set(node, step, value);
      return;
    }
    const found = get(node, step);
    const child: Node = typeof found === 'object' && found !== null ? (found as Node) : typeof path[at + 1] === 'number' ? [] : {};
    if (child !== found) set(node, step, child);
    node = child;
  }
}

/** A copy of `target` with a value at the place; what does not lie on the way is shared. */
export function withAt(target: Readonly<Record<string, unknown>>, path: Path, value: unknown): Record<string, unknown> {
  return copiedWith(target, path, value) as Record<string, unknown>;
}

function copiedWith(node: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const isNode = typeof node === 'object' && node !== null;
  const copy: Node = isNode ? (Array.isArray(node) ? [...(node as unknown[])] : { ...node }) : typeof step === 'number' ? [] : {};
  set(copy, step, copiedWith(get(copy, step), rest, value));
  return copy;
}

function get(node: Node, step: string | number): unknown {
  return Object.hasOwn(node, step) ? (node as Record<string | number, unknown>)[step] : undefined;
}

/** A key named __proto__ is a key like any other. */
function set(node: Node, step: string | number, value: unknown): void {
  Object.defineProperty(node, step, { value, enumerable: true, configurable: true, writable: true });
}
