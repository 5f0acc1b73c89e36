const LONGEST = 64;

/** A name for teams and providers: letters, digits, ".", "_" and "-". @returns '' when nothing of it is left */
export function plainName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[-._]+$/g, '')
    .slice(0, LONGEST);
}

/** What keys of a team are called: no slashes, no control characters, no spaces at the ends. */
export function keyName(text: string): string {
  return text.replace(/\p{C}/gu, '').replaceAll('/', '-').trim().slice(0, 90).trim();
}

/** Gives each name once: the second of a name gets its id behind it. */
export function createNames(): (wanted: string, id: number | string, otherwise: string) => string {
  const taken = new Set<string>();
  return (wanted, id, otherwise) => {
    const base = wanted === '' ? otherwise : wanted;
    const name = taken.has(base) ? `${base}-${String(id)}` : base;
    taken.add(name);
    return name;
  };
}
