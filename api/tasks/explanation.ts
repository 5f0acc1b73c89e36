import type { Request, Response } from 'express';
import { z } from 'zod';
import { CAUSES } from '../../domain/explanation/causes';
import { explainTask, type Explanation } from '../../domain/explanation/explain';
import { LANGUAGES } from '../../domain/explanation/language';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { preferredLanguage } from '../http/language';
import { parseWith } from '../http/faults';
import { sendJson, setRun } from '../http/send';
import { findTask } from './find';

/** Query of `GET /v1/tasks/{id}/explanation`. */
export const explanationQuery = z.strictObject({
  lang: z.enum(LANGUAGES).optional().describe('The language; default: the one that Accept-Language prefers, else English.'),
});

const sentences = z.array(z.string());

/** Answer of `GET /v1/tasks/{id}/explanation`. */
export const explanationAnswer = z
  .object({
    object: z.literal('explanation'),
    task_id: z.string(),
    lang: z.enum(LANGUAGES),
    summary: z.string().describe('One sentence.'),
    cause: z.enum(CAUSES).describe('Whose doing it was; `none`: nothing is wrong.'),
    what_happened: sentences.describe('In order, with times in UTC.'),
    charged: z.string().describe('What it cost and why.'),
    fallback: z.string().describe('Whether another provider was tried.'),
    what_to_do: sentences.describe('Empty: nothing.'),
  })
  .meta({ id: 'Explanation' });

/** `GET /v1/tasks/{id}/explanation`: what happened to a task, for the person who made it. @throws AppError `not_found` */
export async function explain(context: Pick<ApiContext, 'now' | 'tasks'>, request: Request, response: Response, id: string): Promise<void> {
  const { lang = preferredLanguage(request, response) } = parseWith(explanationQuery, request.query);
  const task = await findTask(context, scopeOf(response), id);
  setRun(response, id, task.attempts.at(-1)?.provider);
  response.setHeader('content-language', lang);
  sendJson(response, 200, { object: 'explanation', task_id: id, lang, ...explanationFields(explainTask(task, lang, context.now())) });
}

/** An explanation as it is shown. */
export function explanationFields({ summary, cause, whatHappened, charged, fallback, whatToDo }: Explanation) {
  return { summary, cause, what_happened: whatHappened, charged, fallback, what_to_do: whatToDo };
}
