import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CallbackActivities } from '../activities/callbacks/activities';
import { SIGNALS, type DeliverCallbackInput } from './contract';

export const deliveryRequested = defineSignal(SIGNALS.deliveryRequested);

// The event's row knows which try is due: a repeat after a crash makes none that was made.
const { tryCallback } = proxyActivities<CallbackActivities>({
  startToCloseTimeout: '55s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** Delivers one event: a try, a pause, the next try, until the row is closed. A redelivery wakes it. */
export async function deliverCallback(input: DeliverCallbackInput): Promise<void> {
  let wakes = 0;
  setHandler(deliveryRequested, () => {
    wakes += 1;
  });
  for (;;) {
    const seen = wakes;
    const { againInMs } = await tryCallback(input.eventId);
    if (againInMs !== null) await condition(() => wakes > seen, againInMs);
    else if (wakes === seen) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof deliverCallback>(input);
  }
}
