import type { CallbackStore } from '../../domain/events/callback';
import type { Logger } from '../../domain/log';
import type { BackgroundRunner } from '../../domain/runner';

export interface DispatchDeps {
  readonly callbacks: Pick<CallbackStore, 'takeDue'>;
  readonly runner: Pick<BackgroundRunner, 'deliverCallback'>;
}

const BATCH = 100;

/** Starts the workflows of events that are due and have none, and wakes those that should have woken. Several at once share the work. */
export async function dispatchCallbacks(deps: DispatchDeps): Promise<void> {
  for (;;) {
    const due = await deps.callbacks.takeDue(BATCH);
    for (const { id, isKnown } of due) await deps.runner.deliverCallback(id, { restart: isKnown });
    if (due.length < BATCH) return;
  }
}

/**
 * Dispatches whenever it is told to: at once, and once more when told again meanwhile.
 * @returns the function to tell it; it never throws, since the sweeper dispatches too
 */
export function createDispatcher(dispatch: () => Promise<void>, logger: Logger): () => void {
  let told = 0;
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    for (let seen = -1; seen !== told;) {
      seen = told;
      try {
        await dispatch();
      } catch (error) {
        logger.warn({ err: error }, 'deliveries could not be started; the next pass starts them');
      }
    }
    isRunning = false;
  }

  return () => {
    told += 1;
    if (!isRunning) void run();
  };
}
