/** Leaves out what was not given; "auto" is the provider's default and so is not given either. */
export function given<T extends object>(values: { readonly [Key in keyof T]: T[Key] | null | undefined }): T {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== 'auto'),
  ) as unknown as T;
}
