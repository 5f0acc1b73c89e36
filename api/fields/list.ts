import { z } from 'zod';

/** The most of a page, as queries give it: 1 to 100, 20 when it is left out. */
export const pageLimit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)
  .default(20);

/** A page of a list, as every list is answered. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });
}

/** A list that is always answered whole. */
export function wholeListOf<Item extends z.ZodType>(item: Item) {
  return listOf(item).extend({ has_more: z.literal(false) });
}
