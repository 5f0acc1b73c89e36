/** Where `createApp` mounts routers. */
export const MOUNTS = ['/v1', '/admin/v1'];

/** The route of a request that was answered, as it is registered: "/v1/tasks/:id". A path is the client's choice, and has no end: without a route it is "none". */
export function routeOf(request: { readonly originalUrl: string; readonly route?: unknown }): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  if (typeof route?.path !== 'string') return 'none';
  // `baseUrl` is gone again when an error handler answers.
  const mount = MOUNTS.find((prefix) => request.originalUrl.startsWith(`${prefix}/`)) ?? '';
  return `${mount}${route.path}`;
}
