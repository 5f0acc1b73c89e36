import { proxyActivities } from '@temporalio/workflow';
import type { AlertActivities } from '../activities/alerts/activities';

// A look that fails is followed by the next firing of the schedule, with fresher figures.
const { evaluateAlerts: evaluate } = proxyActivities<AlertActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '2s', maximumAttempts: 3 },
});

/** One look at all alerts. */
export async function evaluateAlerts(): Promise<void> {
  await evaluate();
}
