import type { Express } from 'express';

/** What a router of Express keeps of its routes; not in its types. */
interface Layer {
  readonly slash: boolean;
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

const MOUNTS = ['/admin/v1', '/auth', '/v1'];

/** All routes of an app as `get /v1/tasks/{id}`. */
export function routesOf(app: Express): string[] {
  return routesIn((app.router as unknown as { readonly stack: readonly Layer[] }).stack, '');
}

function routesIn(stack: readonly Layer[], prefix: string): string[] {
  return stack.flatMap((layer) => {
    const { route } = layer;
    if (route !== undefined) {
      const path = `${prefix}${route.path}`.replace(/[:*](\w+)/g, '{$1}');
      return Object.keys(route.methods)
        .filter((method) => method !== '_all')
        .map((method) => `${method} ${path}`);
    }
    const inner = layer.handle.stack;
    return inner === undefined ? [] : routesIn(inner, `${prefix}${mountOf(layer)}`);
  });
}

function mountOf(layer: Layer): string {
  if (layer.slash) return '';
  const mount = MOUNTS.find((candidate) => layer.match(`${candidate}/x`));
  if (mount === undefined) throw new Error('A router is mounted at a path this test does not know: add it to MOUNTS.');
  return mount;
}
