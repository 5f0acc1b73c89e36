import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { AlertActivities } from '../activities/alerts/activities';
import type { DeliverNoticeInput } from './contract';

// The notice's row knows which try is due: a repeat after a crash makes none that was made.
const { tryNotice } = proxyActivities<AlertActivities>({
  startToCloseTimeout: '55s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** Delivers one notice of an incident by one channel: a try, a pause, the next try, until the row is closed. */
export async function deliverNotice(input: DeliverNoticeInput): Promise<void> {
  for (;;) {
    const { againInMs } = await tryNotice(input.noticeId);
    if (againInMs === null) return;
    await sleep(againInMs);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof deliverNotice>(input);
  }
}
