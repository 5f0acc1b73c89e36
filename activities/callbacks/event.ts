import { signLinks } from '../../domain/task/asset-links';
import type { Callback } from '../../domain/events/callback';
import { eventJson } from '../../domain/events/webhook-event';
import { campaignObject } from '../../domain/campaign/object';
import { taskObject, taskSummaryObject, textOf } from '../../domain/task/object';
import type { CallbackDeps } from './deps';

/** Larger inputs stay out of events; they are read at the task. */
const LARGEST_INPUT_BYTES = 4_096;

/** The body of an event, with the task or campaign as it is now and links that are fresh; null when there is no such thing any more. */
export async function eventBody(deps: CallbackDeps, callback: Callback): Promise<string | null> {
  const data = callback.data ?? (await dataOf(deps, callback));
  return data === null ? null : eventJson({ ...callback, id: callback.eventId }, data);
}

async function dataOf(deps: CallbackDeps, { taskId, campaignId }: Callback): Promise<object | null> {
  if (taskId !== null) return taskData(deps, taskId);
  const campaign = campaignId === null ? null : await deps.campaigns.get(campaignId, null);
  return campaign === null ? null : campaignObject(campaign, deps.baseUrl);
}

async function taskData(deps: CallbackDeps, taskId: string): Promise<object | null> {
  const task = await deps.tasks.findAnswered(taskId, null);
  if (task === null) return null;
  const options = { baseUrl: deps.baseUrl, links: signLinks(deps.links, task.outputs, { baseUrl: deps.baseUrl, now: deps.now() }) };
  const input = await deps.tasks.findInput(taskId, LARGEST_INPUT_BYTES);
  if (input !== null) return taskObject({ ...task, input }, options);
  return { ...taskSummaryObject(task, options), input: null, text: textOf(task) };
}
