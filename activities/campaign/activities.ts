import { withFailures, withHeartbeat } from '../activity';
import { advanceCampaign, type CampaignTurn } from './advance';
import type { CampaignDeps } from './deps';
import { makeScheduledCampaign, type ScheduledDeps } from './make-scheduled';

/** Run on the queue of campaigns. */
export interface CampaignActivities {
  advanceCampaign(campaignId: string): Promise<CampaignTurn>;
  /** `at`: the time that the firing is for, ISO 8601. */
  makeScheduledCampaign(scheduleId: string, at: string): Promise<void>;
}

export function createCampaignActivities(deps: CampaignDeps & ScheduledDeps): CampaignActivities {
  return {
    advanceCampaign: (campaignId) => withFailures(() => withHeartbeat(() => advanceCampaign(deps, campaignId))),
    makeScheduledCampaign: (scheduleId, at) => withFailures(() => withHeartbeat(() => makeScheduledCampaign(deps, scheduleId, at))),
  };
}
