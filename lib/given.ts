/** What is left of an object type when members that may be undefined are left out instead. */
export type Given<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/**
 * The members that were given: of the two spellings of "not given", one is left.
 * @example given({ name: 'a', role: undefined }) // { name: 'a' }
 */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}
