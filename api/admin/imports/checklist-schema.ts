import { z } from 'zod';
import { LANGUAGES } from '../../../domain/explanation/language';
import { CHECKS, CHECK_STATES } from '../../../domain/migration/checklist';
import { wholeListOf } from '../../fields/list';

/** Query of `GET /admin/v1/imports/{id}/checklist`. */
export const checklistQuery = z.strictObject({
  lang: z.enum(LANGUAGES).optional().describe('Of the sentences; default: the one that Accept-Language prefers, else English.'),
});
export const checklistSchema = wholeListOf(
  z.object({
    object: z.literal('import_check'),
    name: z.enum(CHECKS),
    state: z.enum(CHECK_STATES).describe('`person`: only a person knows.'),
    detail: z.string().describe('How it stands, in a sentence.'),
    todo: z.string().nullable().describe('What to do; null: nothing.'),
  }),
);
