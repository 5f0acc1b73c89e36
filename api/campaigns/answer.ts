import type { Request, Response } from 'express';
import { campaignObject } from '../../domain/campaign-object';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/base-url';
import { callerOf } from '../http/context';
import { matchesEtag } from '../http/etag';
import { preferredWaitS } from '../http/request-headers';
import { sendJson } from '../http/send';
import { isAtRest } from '../watch';
import { whileConnected } from '../watch/while-connected';
import { findCampaign } from './find';

const POLL_AFTER_S = 2;

/**
 * Answers with the campaign as it is, or as it is after `Prefer: wait=N`: 200 when it has ended or rests (paused, budget
 * exhausted), otherwise `unfinishedStatus` (202 whenever the client asked to wait and it goes on).
 */
export async function answerCampaign(
  context: ApiContext,
  request: Request,
  response: Response,
  id: string,
  unfinishedStatus: 200 | 202,
): Promise<void> {
  const caller = callerOf(response);
  const waitS = preferredWaitS(request);
  let campaign = await findCampaign(context, caller, id);
  if (waitS !== null) {
    response.setHeader('preference-applied', `wait=${waitS}`);
    if (!isAtRest(campaign.status) && waitS > 0) {
      const timeoutMs = waitS * 1_000;
      await whileConnected(context, response, (signal) => context.campaignWatcher.waitForEnd(id, { timeoutMs, signal }));
      if (response.destroyed) return;
      campaign = await findCampaign(context, caller, id);
    }
  }
  const etag = `"${campaign.version}"`;
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'private, no-cache');
  const isResting = isAtRest(campaign.status);
  if (!isResting) response.setHeader('retry-after', String(POLL_AFTER_S));
  if (request.method === 'GET' && matchesEtag(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const status = isResting ? 200 : waitS === null ? unfinishedStatus : 202;
  const object = campaignObject(campaign, baseUrlOf(context.settings, request));
  if (status === 202) response.setHeader('location', object.links.self);
  sendJson(response, status, object);
}
