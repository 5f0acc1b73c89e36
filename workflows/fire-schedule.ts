import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign/activities';
import type { FireScheduleInput } from './contract';

const { makeScheduledCampaign } = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Temporal's own: the time that a firing is for, however late it comes. */
const SCHEDULED_FOR = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** One firing of a schedule: makes its campaign, which has a workflow of its own. */
export async function fireSchedule(input: FireScheduleInput): Promise<void> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const at = typedSearchAttributes.get(SCHEDULED_FOR) ?? startTime;
  await makeScheduledCampaign(input.scheduleId, at.toISOString());
}
