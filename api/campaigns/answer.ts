import type { Request, Response } from 'express';
import { campaignObject } from '../../domain/campaign/object';
import type { ApiContext } from '../deps';
import { answerWaited, type Standing } from '../http/answer-waited';
import { baseUrlOf } from '../http/request-headers';
import { scopeOf } from '../http/context';
import { isAtRest } from '../watch';
import { findCampaign } from './find';

const POLL_AFTER_S = 2;

type Deps = Pick<ApiContext, 'campaignWatcher' | 'campaigns' | 'closing' | 'settings'>;

/** Answers with a campaign, which rests when it has ended, is paused, or has exhausted its budget. */
export function answerCampaign(context: Deps, request: Request, response: Response, id: string, standing: Standing): Promise<void> {
  const scope = scopeOf(response);
  return answerWaited(context, request, response, standing, {
    find: () => findCampaign(context, scope, id),
    load: async (found) => ({ ...found, pace: found.status === 'running' ? await context.campaigns.pace(found.id) : null }),
    isAtRest: ({ status }) => isAtRest(status),
    waitForEnd: (options) => context.campaignWatcher.waitForEnd(id, options),
    etagOf: ({ version }) => `"${version}"`,
    headersOf: ({ status }) => (isAtRest(status) ? {} : { 'retry-after': String(POLL_AFTER_S) }),
    present: ({ pace, ...campaign }) => campaignObject(campaign, baseUrlOf(context.settings, request), pace),
  });
}
