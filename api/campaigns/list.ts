import type { Request, Response } from 'express';
import { signLinks } from '../../domain/task/asset-links';
import { campaignItemObject, campaignObject } from '../../domain/campaign/object';
import { isErrorCode } from '../../domain/errors';
import { REASONS, reasonOf } from '../../domain/explanation/causes';
import type { ApiContext, Presenting } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendList } from '../http/send';
import { findCampaign } from './find';
import { campaignListQuery, itemListQuery } from './schema';

/** GET /v1/campaigns: the newest first. */
export async function listCampaigns(
  context: Pick<ApiContext, 'campaigns' | 'settings'>,
  request: Request,
  response: Response,
): Promise<void> {
  const { status, after, limit } = parseWith(campaignListQuery, request.query);
  const scope = scopeOf(response);
  if (after !== undefined) await findCampaign(context, scope, after);
  const page = await context.campaigns.list({
    teamId: scope.teamId,
    ...(status === undefined ? {} : { status }),
    ...(after === undefined ? {} : { after }),
    limit,
  });
  const baseUrl = baseUrlOf(context.settings, request);
  const campaigns = page.data.map((campaign) => campaignObject(campaign, baseUrl));
  sendList(response, campaigns, ({ id }) => id, page.hasMore);
}

/** GET /v1/campaigns/{id}/items: in order of submission, outputs with links that work for an hour. */
export async function listItems(
  context: Presenting & Pick<ApiContext, 'campaigns'>,
  request: Request,
  response: Response,
  id: string,
): Promise<void> {
  const { error_code: errorCode, from_index: fromIndex, ...same } = parseWith(itemListQuery, request.query);
  const campaign = await findCampaign(context, scopeOf(response), id);
  const page = await context.campaigns.items({ ...same, errorCode, fromIndex, campaignId: campaign.id });
  const outputs = page.data.flatMap((item) => item.outputs);
  const links = signLinks(context.links, outputs, { baseUrl: baseUrlOf(context.settings, request), now: context.now() });
  const items = page.data.map((item) => campaignItemObject(item, links));
  sendList(response, items, ({ key }) => key, page.hasMore);
}

/** GET /v1/campaigns/{id}/failures: why items failed, the most frequent reason first. */
export async function listFailures(context: Pick<ApiContext, 'campaigns'>, response: Response, id: string): Promise<void> {
  const campaign = await findCampaign(context, scopeOf(response), id);
  const failures = (await context.campaigns.failures(campaign.id)).map(({ code, count, sampleKeys, isRetryable }) => ({
    error_code: code,
    cause: isErrorCode(code) ? REASONS[reasonOf(code)] : 'platform',
    count,
    sample_keys: sampleKeys,
    retryable: isRetryable,
  }));
  sendList(response, failures, ({ error_code: code }) => code);
}
