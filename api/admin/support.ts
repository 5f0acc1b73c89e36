import type { Response } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { isAppError, AppError } from '../../domain/errors';
import { explainTask } from '../../domain/explanation/explain';
import { redact } from '../../domain/redact';
import { LOOKUP_KINDS, LOOKUP_LIMIT, type FoundRun } from '../../domain/task/lookup';
import { taskSummaryObject } from '../../domain/task/object';
import type { TaskSummary } from '../../domain/task/task';
import { timelineOf } from '../../domain/task/timeline';
import { callbackObject } from '../callbacks/map';
import type { ApiContext } from '../deps';
import { listOf } from '../fields/list';
import { callObject } from '../logs/map';
import { callAnswer } from '../logs/schema';
import { parseWith } from '../http/faults';
import { baseUrlOf } from '../http/request-headers';
import type { Routes } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { json, operation } from '../openapi/describe';
import { findHistory } from '../replays/history';
import { explanationFields } from '../tasks/explanation';
import { findTask } from '../tasks/find';

export type SupportDeps = Pick<
  ApiContext,
  | 'callbacks'
  | 'calls'
  | 'catalogue'
  | 'histories'
  | 'historySource'
  | 'lookup'
  | 'now'
  | 'objects'
  | 'providerHealth'
  | 'settings'
  | 'tasks'
>;

const lookupQuery = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(255)
    .describe("The id of a task, response, callback, campaign, asset or request, an external_id, or a provider's own id."),
});
const foundSchema = z.object({
  object: z.literal('run'),
  matched: z.enum(LOOKUP_KINDS).describe('What the id is.'),
  task_id: z.string().nullable().describe("Null: the id is a campaign's, or of a request that made no run."),
  campaign_id: z.string().nullable(),
  team: z.string().nullable(),
  type: z.string().nullable(),
  model: z.string().nullable(),
  status: z.string().nullable(),
  created_at: z.string().nullable(),
  links: z.record(z.string(), z.string()),
});
const lookupSchema = listOf(foundSchema).meta({ id: 'Lookup' });
const bundleSchema = z
  .looseObject({
    object: z.literal('support_bundle'),
    made_at: z.string(),
    version: z.string(),
    task: z.looseObject({ id: z.string() }),
    explanation: z.looseObject({ summary: z.string() }),
    timeline: z.array(z.object({ at: z.string(), type: z.string(), summary: z.string() })),
    history: z.object({ source: z.string().nullable(), note: z.string().nullable() }),
    callbacks: z.array(z.looseObject({ id: z.string() })),
    calls: z.array(callAnswer).describe('What the call log says of it: of its request, and of requests that repeated it.'),
    routing: z.looseObject({}),
  })
  .meta({ id: 'SupportBundle' });

/** Routes that help whoever answers a complaint: from any id to the run, and all that is known of a run in one file. */
export function addSupport(routes: Routes<'/admin/v1'>, context: SupportDeps): void {
  routes.get('/lookup', async (request, response) => {
    const { id } = parseWith(lookupQuery, request.query);
    // A request stands in the log once its run has ended and was taken in.
    if (/^(?:req|call)_/.test(id)) await context.calls.catchUp();
    const found = await context.lookup.find(id.trim());
    if (found.length === 0) {
      throw new AppError(
        'not_found',
        `Nothing has the id ${JSON.stringify(id)}. It may be a task, response, callback, campaign, asset or request of this installation, an external_id, or a provider's own id of a job.`,
        { param: 'id' },
      );
    }
    const tasks = new Map((await context.tasks.findMany(found.flatMap(({ taskId }) => taskId ?? []))).map((task) => [task.id, task]));
    const data = found.map((run) =>
      foundObject(baseUrlOf(context.settings, request), run, run.taskId === null ? undefined : tasks.get(run.taskId)),
    );
    sendList(response, data, ({ task_id: taskId, campaign_id: campaignId }) => taskId ?? campaignId ?? id, found.length >= LOOKUP_LIMIT);
  });

  routes.get('/tasks/:id/bundle', async (request, response) => {
    const { id } = request.params;
    response.attachment(`${id.replaceAll(/[^A-Za-z0-9_]/g, '')}-bundle.json`);
    await sendBundle(context, response, id);
  });
}

function foundObject(base: string, { matched, taskId, campaignId, callId }: FoundRun, task: TaskSummary | undefined) {
  const self = `${base}/v1/tasks/${taskId ?? ''}`;
  return {
    object: 'run',
    matched,
    task_id: taskId,
    campaign_id: campaignId,
    team: task?.teamName ?? null,
    type: task?.type ?? null,
    model: task?.model ?? null,
    status: task?.status ?? null,
    created_at: task?.createdAt.toISOString() ?? null,
    links: {
      ...(taskId === null
        ? {}
        : {
            task: self,
            explanation: `${self}/explanation`,
            history: `${self}/history`,
            bundle: `${base}/admin/v1/tasks/${taskId}/bundle`,
          }),
      ...(callId === undefined ? {} : { call: `${base}/admin/v1/logs?q=${callId}` }),
      ...(campaignId === null ? {} : { campaign: `${base}/v1/campaigns/${campaignId}` }),
    },
  };
}

/** What was asked for and what came back stays out; so does everything that looks like a key. */
async function sendBundle(context: SupportDeps, response: Response, id: string): Promise<void> {
  const task = await findTask(context, { teamId: null }, id);
  await context.calls.catchUp();
  const [callbacks, history, health, calls] = await Promise.all([
    context.callbacks.list({ teamId: null, taskId: id, limit: 100 }),
    historyOf(context, task),
    context.providerHealth.breakers(),
    context.calls.list({ teamIds: null, q: id }, { limit: 20 }),
  ]);
  const model = context.catalogue.current().models.get(task.model);
  const involved = new Set([...(model?.routes.map(({ provider }) => provider) ?? []), ...task.attempts.map(({ provider }) => provider)]);
  const {
    links: _links,
    metadata,
    callback_url: callbackUrl,
    outputs,
    ...shown
  } = taskSummaryObject(task, { baseUrl: '', links: new Map() });
  sendJson(
    response,
    200,
    clean({
      object: 'support_bundle',
      made_at: context.now().toISOString(),
      version: context.settings.version,
      task: {
        ...shown,
        metadata_keys: Object.keys(metadata),
        callback_url: callbackUrl === null ? null : withoutQuery(callbackUrl),
        outputs: outputs.map(({ url: _url, thumbnail_url: _thumbnail, revised_prompt: _prompt, ...output }) => output),
      },
      explanation: explanationFields(explainTask(task, 'en', context.now())),
      timeline: history.timeline,
      history: { source: history.source, note: history.note },
      callbacks: callbacks.data.map(callbackObject).map((callback) => ({ ...callback, url: withoutQuery(callback.url) })),
      calls: calls.data.map(callObject),
      routing: {
        now: model?.routes.map(({ provider, model: name, priority, weight }) => ({ provider, model: name, priority, weight })) ?? null,
        breakers: health.filter(({ provider }) => involved.has(provider)),
      },
    }),
  );
}

async function historyOf(context: SupportDeps, task: TaskSummary) {
  const told = (events: ReturnType<typeof timelineOf>) => events.map(({ at, type, summary }) => ({ at: at.toISOString(), type, summary }));
  try {
    const { source, history } = await findHistory(context, task);
    return { source, note: null, timeline: told(timelineOf(task, history)) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { source: null, note: error.message, timeline: told(timelineOf(task, { events: [] })) };
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** Every text without what looks like a key. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return redact(value, []);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, clean(entry)]));
}

/** Paths of support. */
export const supportPaths: ZodOpenApiPathsObject = {
  '/admin/v1/lookup': {
    get: operation({
      id: 'lookUp',
      tag: 'Administration',
      summary: 'Find the run behind an id of any kind, of any team',
      query: lookupQuery,
      answers: { '200': json('What the id leads to, newest first.', lookupSchema) },
    }),
  },
  '/admin/v1/tasks/{id}/bundle': {
    get: operation({
      id: 'getSupportBundle',
      tag: 'Administration',
      summary: 'Everything known of a run, redacted, as one JSON file to hand on',
      path: ['id'],
      answers: { '200': json('The bundle: no prompts, results, links or keys.', bundleSchema) },
    }),
  },
};
