/** Functions and words of PromQL that look like names. */
const WORDS = new Set(['by', 'le', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'and', 'or', 'unless', 'bool', 'offset']);

/** The metrics that an expression of PromQL asks for. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replace(/"[^"]*"|'[^']*'/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '');
  const names = [...bare.matchAll(/\b[a-z_][a-z0-9_]*\b(?!\s*\()/gi)].map(([name]) => name);
  return [...new Set(names.filter((name) => !WORDS.has(name)))];
}

/** Names of the samples of an exposition in Prometheus' text form, with how many of each have a number. */
export function samplesOf(exposition: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const [, name, value] = /^([a-z_][a-z0-9_]*)(?:\{.*\})? (\S+)/i.exec(line) ?? [];
    if (name !== undefined && value !== 'NaN') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Those that no sample has. */
export function missingOf(names: readonly string[], expositions: readonly string[]): readonly string[] {
  const known = expositions.map(samplesOf);
  return names.filter((name) => !known.some((samples) => (samples.get(name) ?? 0) > 0));
}
