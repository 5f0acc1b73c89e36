import type { Logger } from '../../domain/log';
import type { CallKeeper, CallStore, CallWithoutRun } from '../../domain/records/call';
import { createBatcher, createGate } from '../batcher';
import { keepTrying } from '../keep-trying';

/** A call that takes longer lets a second one pass. */
const GATE = { patienceMs: 50, most: 2 };
const BOUNDS = { maxSize: 500, maxBytes: 512 * 1024 };
/** A row beside its model's name. */
const ROW_BYTES = 512;
/** An answer waits no longer; the database is away then, and the call is kept when it is back. */
const ANSWER_WAITS_MS = 2_000;
const PATIENCE_MS = 120_000;
/** Calls that wait for the database. */
const MOST_WAITING = 10_000;

/** Keeps calls without a run in groups: those that end while a group is written travel together in the next. */
export function createCallKeeper({ calls, logger }: { readonly calls: Pick<CallStore, 'keep'>; readonly logger: Logger }): CallKeeper {
  let waiting = 0;
  const write = createBatcher<CallWithoutRun, true>(
    async (group) => {
      await keepTrying(() => calls.keep(group), PATIENCE_MS);
      return group.map(() => true);
    },
    { ...BOUNDS, gate: createGate(GATE), bytesOf: ({ model }) => ROW_BYTES + model.length },
  );

  async function keepNow(call: CallWithoutRun): Promise<boolean> {
    if (waiting >= MOST_WAITING) {
      logger.error({ call: call.id }, 'A call is missing in the log: too many wait for the database.');
      return false;
    }
    waiting += 1;
    try {
      return await write(call);
    } catch (error) {
      logger.error({ err: error, call: call.id, team: call.teamId, code: call.errorCode }, 'A call could not be kept in the log.');
      return false;
    } finally {
      waiting -= 1;
    }
  }

  return {
    keep(call) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), ANSWER_WAITS_MS);
        void keepNow(call).then((isKept) => {
          clearTimeout(timer);
          resolve(isKept);
        });
      });
    },
  };
}
