/** An address of the API with its query, for what the browser fetches by itself: downloads. */
export function linkWith(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const values = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return `${path}?${new URLSearchParams(values).toString()}`;
}
