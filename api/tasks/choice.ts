import type { Request } from 'express';
import { isFoundByRecords, type TaskChoice } from '../../domain/task/choice';
import type { ApiContext } from '../deps';
import { templateFilter } from '../templates/filter';
import type { TaskChoiceQuery } from './list-schema';

const PAIR = /^metadata(?:\[(.*)\]|\.(.*))$/s;

/** The query with its pairs `metadata[key]=value` (or `metadata.key=value`) gathered under `metadata`. */
export function gatherMetadata(query: Request['query']): Readonly<Record<string, unknown>> {
  const pairs: (readonly [string, unknown])[] = [];
  const rest: (readonly [string, unknown])[] = [];
  for (const [name, value] of Object.entries(query)) {
    const [, inBrackets, behindDot] = PAIR.exec(name) ?? [];
    const key = inBrackets ?? behindDot;
    if (key === undefined) rest.push([name, value]);
    else pairs.push([key, value]);
  }
  return { ...Object.fromEntries(rest), ...(pairs.length === 0 ? {} : { metadata: Object.fromEntries(pairs) }) };
}

/** What a checked query chooses among the tasks of a team. @throws AppError `invalid_value` */
export function choiceOf(query: TaskChoiceQuery, teamId: number | null): TaskChoice {
  const { status, external_id: externalId, campaign_id: campaignId, template, error_code: errorCode, ...same } = query;
  const { created_after: createdAfter, created_before: createdBefore, ...given } = same;
  const named = {
    ...given,
    statuses: status,
    externalId,
    campaignId,
    errorCode,
    template: template === undefined ? undefined : templateFilter(template),
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
  };
  return { ...(Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as Partial<TaskChoice>), teamId };
}

/** Takes in what ended before the question, where the choice is answered from what was recorded. */
export async function catchUpFor({ calls }: Pick<ApiContext, 'calls'>, choice: TaskChoice): Promise<void> {
  if (isFoundByRecords(choice)) await calls.catchUp();
}
