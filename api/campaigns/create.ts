import type { Request, Response } from 'express';
import type { CreateCampaignOutcome } from '../../domain/campaign/campaign';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { ApiContext, Sourcing, UsingTemplates } from '../deps';
import { callerOf } from '../http/context';
import { parseWith } from '../http/faults';
import { idempotencyKeyOf } from '../http/request-headers';
import { ceilingOf } from '../tasks/create';
import { answerSchedule } from '../schedules';
import { answerCampaign } from './answer';
import { withCampaignBody, type RawCampaign } from './body';
import { createSchedule } from './create-schedule';
import { CAMPAIGN_ROUTE, campaignHash, campaignKeyReused, findEarlierCampaign } from './idempotency';
import { openItems } from './items/open';
import { checkItems, type CheckedItems } from './items/validate';
import { isNestedWithin } from './merge';
import { recurrenceOf, startTimeOf } from './schedule';
import { campaignBody, type CampaignBody } from './schema';
import { wake } from './verbs';

const DEEPEST_DEFAULTS = 32;

type CreateCampaignDeps = Sourcing &
  UsingTemplates &
  Pick<
    ApiContext,
    | 'background'
    | 'campaignWatcher'
    | 'campaigns'
    | 'catalogue'
    | 'closing'
    | 'logger'
    | 'objects'
    | 'routeState'
    | 'scheduleRunner'
    | 'schedules'
  >;

/** POST /v1/campaigns: the campaign and its items as JSON, or as a form with the items in a file. */
export async function createCampaign(context: CreateCampaignDeps, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const key = idempotencyKeyOf(request);
  const { id, isRepeat } = await withCampaignBody(context, request, (raw) => submit(context, caller, key, raw));
  if (isRepeat) response.setHeader('idempotent-replayed', 'true');
  if (id.startsWith('sched_')) {
    await answerSchedule(context, request, response, id, isRepeat ? 200 : 201);
    return;
  }
  if (!isRepeat) await wake(context, id);
  await answerCampaign(context, request, response, id, isRepeat ? 'repeated' : 'created');
}

/** A campaign, or the schedule of a recurring one. */
interface Submitted {
  readonly id: string;
  readonly isRepeat: boolean;
}

type SubmitDeps = Sourcing &
  UsingTemplates &
  Pick<ApiContext, 'campaigns' | 'catalogue' | 'logger' | 'objects' | 'routeState' | 'scheduleRunner' | 'schedules'>;

async function submit(context: SubmitDeps, caller: Caller, key: string | null, raw: RawCampaign): Promise<Submitted> {
  const body = parseCampaign(raw);
  const source = await openItems(context, caller.teamId, raw, body);
  const hash = key === null ? '' : await campaignHash(body, source);
  const earlier = key === null ? null : await findEarlierCampaign(context, caller, key, hash);
  if (earlier !== null) return { id: earlier, isRepeat: true };
  const startAt = startTimeOf(body);
  const recurrence = recurrenceOf(body);
  const callbackUrl = body.callback_url ?? null;
  if (callbackUrl !== null) await context.egress.check(callbackUrl, 'callback_url');

  const items = await checkItems(context, caller, body.defaults ?? {}, source);
  try {
    if (recurrence !== null) {
      const made = await createSchedule(context, { caller, body, recurrence, callbackUrl, hash, key }, items);
      return scheduleOf(made);
    }
    const id = context.newId('camp');
    return submittedOf(id, await store(context, caller, { id, body, startAt, callbackUrl, hash, key }, items));
  } finally {
    await items.discard();
  }
}

async function store(
  context: Pick<ApiContext, 'campaigns'>,
  caller: Caller,
  { id, body, startAt, callbackUrl, hash, key }: StoredAs,
  items: CheckedItems,
): Promise<CreateCampaignOutcome> {
  await items.keepMedia();
  return context.campaigns.create(
    {
      id,
      caller,
      name: body.name ?? null,
      concurrency: body.concurrency,
      maxCostMicroUsd: ceilingOf(body.budget),
      callbackUrl,
      metadata: body.metadata ?? {},
      start: body.start,
      trial: body.trial ?? null,
      startAt,
      requestHash: hash,
      idempotency: key === null ? null : { route: CAMPAIGN_ROUTE, key },
    },
    items.batches(),
  );
}

interface StoredAs {
  readonly id: string;
  readonly body: CampaignBody;
  readonly startAt: Date | null;
  readonly callbackUrl: string | null;
  readonly hash: string;
  readonly key: string | null;
}

function submittedOf(id: string, outcome: CreateCampaignOutcome): Submitted {
  switch (outcome.kind) {
    case 'created':
      return { id, isRepeat: false };
    case 'repeat':
      return { id: outcome.campaignId, isRepeat: true };
    case 'key_reused':
      throw campaignKeyReused(outcome.campaignId);
  }
}

function scheduleOf({ id, outcome }: Awaited<ReturnType<typeof createSchedule>>): Submitted {
  if (outcome.kind === 'created') return { id, isRepeat: false };
  if (outcome.kind === 'key_reused') throw campaignKeyReused(outcome.earlierId);
  return { id: outcome.earlierId, isRepeat: true };
}

/** The campaign without its items. @throws AppError naming the field at fault */
export function parseCampaign({ campaign, items, form }: RawCampaign): CampaignBody {
  if (typeof campaign !== 'object' || campaign === null || Array.isArray(campaign)) {
    throw new AppError('invalid_json', `The ${form === 'json' ? 'body' : 'part campaign'} must be a JSON object.`);
  }
  const body = parseWith(campaignBody, campaign);
  if (form !== 'json' ? body.items !== undefined : body.items !== undefined && body.items.length > 0) {
    const where =
      form !== 'json' ? 'The items are a part of the form; the part campaign has none.' : 'Write the name items without escapes.';
    throw new AppError('invalid_value', `Invalid items: ${where}`, { param: 'items' });
  }
  if (form === 'json' && body.items === undefined) {
    throw new AppError('missing_required_parameter', 'Missing required parameter: items.', { param: 'items' });
  }
  // Of a spreadsheet these are pieces of its text; the rows are counted as they are read.
  if (items.count === 0 && form !== 'csv' && form !== 'xlsx')
    throw new AppError('invalid_value', 'Invalid items: a campaign has at least one item.', { param: 'items' });
  if (!isNestedWithin(body.defaults ?? {}, DEEPEST_DEFAULTS)) {
    throw new AppError('invalid_value', `Invalid defaults: nested deeper than ${DEEPEST_DEFAULTS} levels.`, { param: 'defaults' });
  }
  return body;
}
