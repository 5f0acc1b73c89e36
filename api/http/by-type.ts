import type { z } from 'zod';

/**
 * Checks an object by its `type` when that is one we know; objects of other types travel as they are. The object itself is kept, not
 * a copy.
 * @param known - schema of the whole object, for each type
 */
export function byType(known: Readonly<Record<string, z.ZodType>>) {
  const schemas = new Map(Object.entries(known));
  return (value: { readonly type: string }, fault: z.core.$RefinementCtx): void => {
    const parsed = schemas.get(value.type)?.safeParse(value);
    if (parsed === undefined || parsed.success) return;
    for (const issue of parsed.error.issues) fault.addIssue({ ...issue, path: [...issue.path] });
  };
}
