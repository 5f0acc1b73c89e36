import type { Request, Response } from 'express';
import type { z } from 'zod';
import { batchOfCampaign } from '../../domain/batch/batch';
import type { Campaign, RetryChoice, VerbOutcome } from '../../domain/campaign/campaign';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { ceilingOf } from '../tasks/create';
import { answerCampaign } from './answer';
import { findCampaign, notFound } from './find';
import { campaignChange, retryBody } from './schema';
import { futureTime } from './schedule';

/** What is asked of a campaign: its name in the error, and how it is done. */
export interface Verb {
  /** Continues "A running campaign cannot be ...". */
  readonly past: string;
  /** False: of a campaign that is a batch, /v1/batches decides. */
  readonly isForBatches: boolean;
  readonly apply: (context: Pick<ApiContext, 'campaigns'>, id: string, body: unknown) => Promise<VerbOutcome>;
}

/** POST /v1/campaigns/{id}/{verb} */
export const VERBS = {
  start: { past: 'started', isForBatches: false, apply: ({ campaigns }, id) => campaigns.start(id) },
  pause: { past: 'paused', isForBatches: true, apply: ({ campaigns }, id) => campaigns.pause(id, null) },
  resume: { past: 'resumed', isForBatches: true, apply: ({ campaigns }, id) => campaigns.resume(id) },
  cancel: { past: 'cancelled', isForBatches: false, apply: ({ campaigns }, id) => campaigns.cancel(id) },
  retry: {
    past: 'retried',
    isForBatches: false,
    apply: ({ campaigns }, id, body) => campaigns.retry(id, retryChoice(parseWith(retryBody, body))),
  },
} as const satisfies Readonly<Record<string, Verb>>;

function retryChoice({ items, error_code: errorCode }: z.output<typeof retryBody>): RetryChoice {
  return errorCode === undefined ? (items ?? 'failed') : { errorCode };
}

/** PATCH /v1/campaigns/{id} */
export const CHANGE: Verb = {
  past: 'changed',
  isForBatches: true,
  apply: ({ campaigns }, id, body) => {
    const { name, concurrency, budget, schedule } = parseWith(campaignChange, body);
    return campaigns.change(id, {
      ...(name === undefined ? {} : { name }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(budget === undefined ? {} : { maxCostMicroUsd: ceilingOf(budget) }),
      ...(schedule === undefined ? {} : { startAt: futureTime(schedule.start_at) }),
    });
  },
};

type Deps = Pick<ApiContext, 'background' | 'campaignWatcher' | 'campaigns' | 'closing' | 'logger' | 'settings'>;

/** Does it, wakes the workflow and answers with the campaign. @throws AppError `not_found`, `campaign_state` */
export async function applyVerb(context: Deps, request: Request, response: Response, id: string, verb: Verb): Promise<void> {
  const campaign = await findCampaign(context, scopeOf(response), id);
  if (campaign.kind === 'batch' && !verb.isForBatches) throw isBatch(campaign, verb);
  const outcome = await verb.apply(context, campaign.id, request.body);
  if (outcome === 'missing') throw notFound(id);
  if (outcome === 'refused') throw wrongState(await findCampaign(context, scopeOf(response), id), verb);
  await wake(context, campaign.id);
  await answerCampaign(context, request, response, campaign.id, 'read');
}

function wrongState({ id, status, cancelRequested }: Campaign, { past }: Verb): AppError {
  const state = cancelRequested && status === 'running' ? 'being cancelled' : status.replace('_', ' ');
  return new AppError('campaign_state', `The campaign ${id} is ${state} and cannot be ${past}. ${HINTS[status]}`, { details: { status } });
}

function isBatch({ id, status }: Campaign, { past }: Verb): AppError {
  const batchId = batchOfCampaign(id);
  const message = `The campaign ${id} is the batch ${batchId} and cannot be ${past} here. Cancel it by POST /v1/batches/${batchId}/cancel; repeat failed lines in a new batch.`;
  return new AppError('campaign_state', message, { details: { status } });
}

const HINTS: Readonly<Record<Campaign['status'], string>> = {
  draft: 'Start it first: POST .../start.',
  scheduled: 'It starts by itself; POST .../start starts it now.',
  running: 'It continues by itself.',
  paused: 'POST .../resume continues it.',
  budget_exhausted: 'PATCH its budget and it continues by itself.',
  completed: 'POST .../retry reruns failed items.',
  cancelled: 'POST .../retry reruns cancelled items.',
};

/** Tells the campaign's workflow to look at its rows. The rows decide, so a lost call costs time only. */
export async function wake(context: Pick<ApiContext, 'background' | 'logger'>, campaignId: string): Promise<void> {
  try {
    await context.background.wakeCampaign(campaignId);
  } catch (error) {
    context.logger.warn(
      { err: error, campaign_id: campaignId },
      'The workflow of a campaign could not be woken now; the sweeper will wake it.',
    );
  }
}
