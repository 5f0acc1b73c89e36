/** Parts of the API that a key may be bound to, each with the beginnings of its paths: the one table. */
const PATHS = {
  chat: ['/v1/chat', '/v1/cursor'],
  completions: ['/v1/completions', '/v1/fim'],
  messages: ['/v1/messages'],
  responses: ['/v1/responses'],
  embeddings: ['/v1/embeddings'],
  images: ['/v1/images'],
  videos: ['/v1/videos', '/v1/video'],
  audio: ['/v1/audio'],
  moderations: ['/v1/moderations'],
  rerank: ['/v1/rerank'],
  // Histories of runs are asked for by the ids of tasks.
  tasks: ['/v1/tasks', '/v1/runs'],
  campaigns: ['/v1/campaigns', '/v1/schedules'],
  assets: ['/v1/assets'],
  files: ['/v1/files'],
  batches: ['/v1/batches'],
  templates: ['/v1/templates'],
  webhooks: ['/v1/callbacks', '/v1/webhook_endpoints', '/v1/webhook_event_types', '/v1/events'],
  usage: ['/v1/usage', '/v1/logs', '/v1/budgets'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What every key may ask: clients do so before anything else, and learn only what the key may use and spend. */
const OPEN_TO_ALL: readonly string[] = ['/v1/models', '/v1/dashboard'];

export type EndpointName = keyof typeof PATHS;
export const ENDPOINT_NAMES = Object.keys(PATHS) as readonly EndpointName[];

const NAME_OF: ReadonlyMap<string, EndpointName | 'any'> = new Map([
  ...ENDPOINT_NAMES.flatMap((name) => PATHS[name].map((path) => [path, name] as const)),
  ...OPEN_TO_ALL.map((path) => [path, 'any'] as const),
]);

/**
 * The endpoint that a path belongs to, for `endpoints` of keys: "any" is open to every key, null to none that is bound to endpoints.
 *
 * @param path - canonical, without a query
 * @example endpointOf('/v1/chat/completions') === 'chat'
 */
export function endpointOf(path: string): EndpointName | 'any' | null {
  const [, version = '', room = ''] = path.split('/', 3);
  return NAME_OF.get(`/${version}/${room.toLowerCase()}`) ?? null;
}
