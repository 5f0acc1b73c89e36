/** Joins class names; what is false or undefined is left out. */
export function names(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined && part !== '').join(' ');
}

/** An id for reading: its first eight letters after the kind, and the last four. */
export function shortId(id: string): string {
  const [kind, rest] = id.includes('_') ? [`${id.slice(0, id.indexOf('_'))}_`, id.slice(id.indexOf('_') + 1)] : ['', id];
  return rest.length <= 14 ? id : `${kind}${rest.slice(0, 8)}…${rest.slice(-4)}`;
}
