import { editDistance } from '../../lib/close-names';

const MOST_SEGMENTS = 12;
const MOST_SEGMENT_LENGTH = 64;

/**
 * The path that a client may have meant by one that does not exist: it ends in the same way ("/api/v1/chat/completions",
 * "/openai/chat/completions"), or differs by a typing error ("/v1/chat/completion").
 *
 * @param known - paths as in OpenAPI: "/v1/tasks/{id}/cancel"
 * @returns the known path, null when none is near
 */
export function nearestPath(path: string, known: readonly string[]): string | null {
  const segments = segmentsOf(path).slice(0, MOST_SEGMENTS);
  if (segments.length === 0) return null;
  const near = known
    .map((candidate) => ({ candidate, distance: distanceTo(segmentsOf(candidate), segments) }))
    .filter(({ distance }) => distance !== null)
    .sort((left, right) => (left.distance ?? 0) - (right.distance ?? 0));
  return near[0]?.candidate ?? null;
}

/** null: too far away. */
function distanceTo(known: readonly string[], given: readonly string[]): number | null {
  const below = known.filter((segment) => segment !== 'v1');
  const end = given.slice(-below.length);
  if (below.length === 0 || end.length < below.length || below.every(isParameter)) return null;
  let distance = 0;
  for (const [index, segment] of below.entries()) {
    if (isParameter(segment)) continue;
    const change = editDistance(end[index]?.toLowerCase() ?? '', segment);
    if (change > Math.max(1, segment.length / 3)) return null;
    distance += change;
  }
  // The longest known end says the most: "/chat/completions" is nearer than "/completions".
  return distance + (given.length - below.length) / 10 + below.filter(isParameter).length / 100;
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.slice(0, MOST_SEGMENT_LENGTH));
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}
