const MOST_SUGGESTIONS = 3;
const MOST_COMPARED = 100;

/** The names that someone who wrote `wanted` may have meant, the closest first; at most three. */
export function closeNames(wanted: string, candidates: readonly string[]): string[] {
  const given = wanted.toLowerCase().slice(0, MOST_COMPARED);
  return candidates
    .map((candidate) => ({ candidate, distance: distanceOf(given, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

/** A name inside the other counts as close. */
function distanceOf(left: string, right: string): number {
  if (left.length > 2 && (right.includes(left) || left.includes(right))) return 1;
  return editDistance(left, right);
}

/** How many characters must be added, removed or replaced (Levenshtein). */
export function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
