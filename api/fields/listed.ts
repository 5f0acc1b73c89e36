import { z } from 'zod';

/**
 * Several values of a query parameter, given with commas between them or by repeating it; each once.
 * @param most - how many at most
 */
export function listed<Value extends string>(item: z.ZodType<Value, string>, most: number) {
  return z.union([z.string(), z.array(z.string())], { error: 'must be text' }).transform((given, context): readonly Value[] => {
    const texts = [given].flat().flatMap((text) => text.split(','));
    const values = new Set<Value>();
    for (const text of new Set(texts.map((part) => part.trim()).filter((part) => part !== ''))) {
      const parsed = item.safeParse(text);
      if (parsed.success) values.add(parsed.data);
      else refuse(`${JSON.stringify(text.slice(0, 100))}: ${parsed.error.issues[0]?.message ?? 'it is not valid'}`);
    }
    if (values.size === 0) refuse('it names nothing');
    if (values.size > most) refuse(`at most ${String(most)} values`);
    return [...values];

    function refuse(message: string): void {
      context.addIssue({ code: 'invalid_format', format: 'list', input: texts.join(','), message });
    }
  });
}
