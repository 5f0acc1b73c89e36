/** First segments of the paths under /v1, and of those that clients ask for there: only these answer without the prefix. */
export const API_ROOMS: ReadonlySet<string> = new Set([
  'assets',
  'audio',
  'batches',
  'budgets',
  'callbacks',
  'campaigns',
  'chat',
  'completions',
  'cursor',
  'dashboard',
  'embeddings',
  'events',
  'files',
  'fim',
  'images',
  'logs',
  'me',
  'messages',
  'models',
  'moderations',
  'provider_callbacks',
  'rerank',
  'responses',
  'runs',
  'schedules',
  'tasks',
  'templates',
  'usage',
  'video',
  'videos',
  'webhook_endpoints',
  'webhook_event_types',
]);

/** Endpoints with nothing below them: what follows was appended by a client whose address already ended in the endpoint. */
const LEAVES: readonly (readonly string[])[] = [
  ['chat', 'completions'],
  ['completions'],
  ['embeddings'],
  ['images', 'generations'],
  ['images', 'edits'],
  ['audio', 'speech'],
  ['audio', 'transcriptions'],
  ['audio', 'translations'],
  ['moderations'],
];

/** Endpoints with ids below them: only their own name again was appended by mistake. */
const COLLECTIONS: ReadonlySet<string> = new Set(['responses', 'messages', 'videos']);

/** What most requests ask for: already as it should be. */
const USUAL: ReadonlySet<string> = new Set(LEAVES.map((leaf) => `/v1/${leaf.join('/')}`));

/**
 * The one form of a request's URL, whatever address a client was given: `/X`, `/v1/v1/X`, doubled and trailing slashes, and
 * `/v1/chat/completions/chat/completions` become `/v1/X`. Query and percent-encoding stay as they are, and so does every path
 * that belongs to no endpoint of the API ("/healthz", "/console/").
 *
 * @param url - path and query as the request line has them
 * @example canonicalUrl('//chat/completions/?beta=true') === '/v1/chat/completions?beta=true'
 */
export function canonicalUrl(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (USUAL.has(path)) return url;
  const segments = path.split('/').filter((segment) => segment !== '');
  const rest = withoutVersion(segments);
  if (rest.length === segments.length && !isRoom(rest[0])) return url;
  return `${['/v1', ...withoutDoubles(rest)].join('/')}${query === -1 ? '' : url.slice(query)}`;
}

function withoutVersion(segments: readonly string[]): readonly string[] {
  const start = segments.findIndex((segment) => segment.toLowerCase() !== 'v1');
  return start === -1 ? [] : segments.slice(start);
}

function withoutDoubles(segments: readonly string[]): readonly string[] {
  const leaf = LEAVES.find((names) => names.every((name, index) => segments[index]?.toLowerCase() === name));
  if (leaf !== undefined) {
    const appended = withoutVersion(segments.slice(leaf.length));
    return isRoom(appended[0]) ? withoutDoubles(appended) : segments;
  }
  const [first = '', ...below] = segments;
  const appended = withoutVersion(below);
  if (appended[0] !== first) return segments;
  // "models/x" may be a model's name: only the bare list can have been doubled.
  return COLLECTIONS.has(first) || (first === 'models' && appended.length === 1) ? withoutDoubles(appended) : segments;
}

function isRoom(segment: string | undefined): boolean {
  return segment !== undefined && API_ROOMS.has(segment.toLowerCase());
}
