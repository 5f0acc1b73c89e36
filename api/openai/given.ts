/** Leaves out what was not given; "auto" is the provider's default and so is not given either. */
export function given<T extends object>(values: { readonly [Key in keyof T]: T[Key] | null | undefined }): T {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== 'auto'),
  ) as unknown as T;
}

/** The fields of a request beyond those of its schema: what travels on to providers that speak OpenAI's format. */
export function extrasOf(
  request: Readonly<Record<string, unknown>>,
  schema: { readonly shape: object },
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !Object.hasOwn(schema.shape, name)));
}
