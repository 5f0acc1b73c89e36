import { withFailures, withHeartbeat } from '../activity';
import { advanceCampaign, type CampaignTurn } from './advance';
import type { CampaignDeps } from './deps';

/** Run on the queue of campaigns. */
export interface CampaignActivities {
  advanceCampaign(campaignId: string): Promise<CampaignTurn>;
}

export function createCampaignActivities(deps: CampaignDeps): CampaignActivities {
  return { advanceCampaign: (campaignId) => withFailures(() => withHeartbeat(() => advanceCampaign(deps, campaignId))) };
}
