import { continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign/activities';
import { SIGNALS, type RunCampaignInput } from './contract';

export const campaignChanged = defineSignal(SIGNALS.campaignChanged);

const { advanceCampaign } = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});

/** Keeps the history of a campaign that runs for days short. */
const TURNS_PER_RUN = 200;

/**
 * Owns a campaign while it runs: one turn after the other, all state in its rows. Ends when the campaign has ended or stands (paused, out of
 * budget); the verb that moves it starts the workflow again under the same id.
 */
export async function runCampaign(input: RunCampaignInput): Promise<void> {
  let changes = 0;
  setHandler(campaignChanged, () => {
    changes += 1;
  });
  for (let turns = 1; ; turns += 1) {
    const seen = changes;
    const turn = await advanceCampaign(input.campaignId);
    // A change that came after the last look is looked at before the end.
    if (turn === 'rest' && changes === seen) return;
    if (turns >= TURNS_PER_RUN || workflowInfo().continueAsNewSuggested) await continueAsNew<typeof runCampaign>(input);
  }
}
