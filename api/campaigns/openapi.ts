import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { scheduleAnswer } from '../schedules/schema';
import {
  campaignBody,
  campaignChange,
  campaignListQuery,
  estimateQuery,
  itemChange,
  itemListQuery,
  resultsQuery,
  retryBody,
} from './schema';
import {
  campaignAnswer,
  campaignListAnswer,
  estimateAnswer,
  failureListAnswer,
  itemAnswer,
  itemListAnswer,
  resultAnswer,
} from './answer-schema';
import { events, fileSchema, json, jsonBody, operation } from '../openapi/describe';

const tag = 'Campaigns';
const campaign = json('The campaign.', campaignAnswer);
const item = z.record(z.string(), z.unknown()).describe('The body of a task without callback_url and priority, and `key`.');
const whole = campaignBody.extend({ items: z.array(item).min(1) }).meta({ id: 'CampaignRequest' });
const form = z
  .object({
    campaign: campaignBody.omit({ items: true }).describe('The campaign without its items, as JSON.'),
    items: fileSchema.describe(
      'JSONL, one item per line; or CSV (`text/csv` or a name ending in .csv), whose first line names the columns.',
    ),
  })
  .meta({ id: 'CampaignForm' });
const body = { required: true, content: { 'application/json': { schema: whole }, 'multipart/form-data': { schema: form } } };
/** POST /v1/campaigns/{id}/{verb} */
function verb(id: string, summary: string, body?: ReturnType<typeof jsonBody>): ZodOpenApiPathsObject[string] {
  return { post: operation({ id, tag, summary, path: ['id'], ...(body === undefined ? {} : { body }), answers: { '200': campaign } }) };
}

/** Paths of campaigns. */
export const campaignPaths: ZodOpenApiPathsObject = {
  '/v1/campaigns': {
    post: operation({
      id: 'createCampaign',
      tag,
      summary: 'Create a campaign of up to 100,000 generations; all items are validated before anything is stored',
      isPaid: true,
      isRated: false,
      body,
      answers: {
        '200': json('The campaign; it has ended, is paused or has exhausted its budget.', campaignAnswer),
        '201': json('With `schedule.cron`: the schedule, which makes a campaign at each of its times.', scheduleAnswer),
        '202': campaign,
      },
    }),
    get: operation({
      id: 'listCampaigns',
      tag,
      summary: 'List campaigns, newest first',
      query: campaignListQuery,
      answers: { '200': json('A page.', campaignListAnswer) },
    }),
  },
  '/v1/campaigns/estimate': {
    post: operation({
      id: 'estimateCampaign',
      tag,
      summary: 'What a campaign would cost and take, and what is wrong with it; nothing is stored',
      query: estimateQuery,
      body,
      answers: {
        '200': {
          description: 'The estimate with the first hundred faults, or all faults as CSV.',
          content: { 'application/json': { schema: estimateAnswer }, 'text/csv': { schema: z.string() } },
        },
      },
    }),
  },
  '/v1/campaigns/{id}': {
    get: operation({
      id: 'getCampaign',
      tag,
      summary: 'Retrieve a campaign; `Prefer: wait=N` waits up to 60 s until it ends, is paused or has exhausted its budget',
      path: ['id'],
      answers: { '200': campaign, '202': campaign, '304': { description: 'Unchanged since the ETag given.' } },
    }),
    patch: operation({
      id: 'changeCampaign',
      tag,
      summary: 'Change name, concurrency or budget, even while it runs',
      path: ['id'],
      body: jsonBody(campaignChange),
      answers: { '200': campaign },
    }),
  },
  '/v1/campaigns/{id}/failures': {
    get: operation({
      id: 'listCampaignFailures',
      tag,
      summary: 'Why items failed, by code of the error, the most frequent first',
      path: ['id'],
      answers: { '200': json('The reasons.', failureListAnswer) },
    }),
  },
  '/v1/campaigns/{id}/items': {
    get: operation({
      id: 'listCampaignItems',
      tag,
      summary: 'List items in order of submission, with their outputs',
      path: ['id'],
      query: itemListQuery,
      answers: { '200': json('A page.', itemListAnswer) },
    }),
  },
  '/v1/campaigns/{id}/items/{index}': {
    get: operation({
      id: 'getCampaignItem',
      tag,
      summary: 'Retrieve an item by its position, with what it asks for',
      path: ['id', 'index'],
      answers: { '200': json('The item.', itemAnswer) },
    }),
    patch: operation({
      id: 'editCampaignItem',
      tag,
      summary:
        'Change what an item asks for: one that waits in a campaign that is a draft, scheduled, paused or out of budget, or one that failed or was cancelled, before it is retried',
      path: ['id', 'index'],
      body: jsonBody(itemChange),
      answers: { '200': json('The item; what the campaign is expected to cost has changed with it.', itemAnswer) },
    }),
  },
  '/v1/campaigns/{id}/results': {
    get: operation({
      id: 'getCampaignResults',
      tag,
      summary: 'All items with their results as JSON lines or CSV, or their files as a ZIP; streamed',
      path: ['id'],
      query: resultsQuery,
      answers: {
        '200': {
          description: 'Items in order. In CSV, text that a spreadsheet would run is preceded by a quote.',
          content: {
            'application/x-ndjson': { schema: resultAnswer },
            'text/csv': { schema: z.string() },
            'application/zip': { schema: fileSchema },
          },
        },
      },
    }),
  },
  '/v1/campaigns/{id}/events': {
    get: operation({
      id: 'streamCampaign',
      tag,
      summary: 'Follow a campaign; up to four events a second, the last one terminal',
      path: ['id'],
      answers: {
        '200': events('`campaign.progress` with the campaign; `id` increases.'),
        '204': { description: 'Nothing follows the last event seen.' },
      },
    }),
  },
  '/v1/campaigns/{id}/start': verb('startCampaign', 'Start a draft'),
  '/v1/campaigns/{id}/pause': verb('pauseCampaign', 'Start no further items; running ones continue'),
  '/v1/campaigns/{id}/resume': verb('resumeCampaign', 'Continue after a pause'),
  '/v1/campaigns/{id}/cancel': verb('cancelCampaign', 'Cancel running items and start no others'),
  '/v1/campaigns/{id}/retry': verb('retryCampaign', 'Rerun failed or cancelled items', jsonBody(retryBody)),
};
