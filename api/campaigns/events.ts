import type { Request, Response } from 'express';
import { campaignObject } from '../../domain/campaign/object';
import type { CampaignStatus } from '../../domain/campaign/campaign';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import { scopeOf } from '../http/context';
import { streamChanges } from '../watch/stream-changes';
import { findCampaign } from './find';

/** At most four events a second, however fast the items end. */
const LEAST_GAP_MS = 250;

type Deps = Pick<ApiContext, 'campaignWatcher' | 'campaigns' | 'draining' | 'logger' | 'settings'>;

/** GET /v1/campaigns/{id}/events: the campaign as it goes on, ended by its terminal state. */
export async function streamCampaign(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const first = await findCampaign(context, scopeOf(response), id);
  const baseUrl = baseUrlOf(context.settings, request);
  await streamChanges(context, request, response, {
    first,
    watch: (sinceVersion, listener) => context.campaignWatcher.onChange(id, sinceVersion, listener),
    read: () => context.campaigns.get(id, first.teamId),
    send: async (stream, campaign) =>
      stream.send(JSON.stringify(campaignObject(campaign, baseUrl)), { event: 'campaign.progress', id: String(campaign.version) }),
    isEnd: ({ status }) => hasEnded(status),
    leastGapMs: LEAST_GAP_MS,
  });
}

function hasEnded(status: CampaignStatus): boolean {
  return status === 'completed' || status === 'cancelled';
}
