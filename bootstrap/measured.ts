import { isAppError } from '../domain/errors';
import type { CampaignWork } from '../domain/campaign/campaign';
import type { CallbackStore } from '../domain/events/callback';
import type { Measures } from '../domain/measures';
import type { ObjectStore } from '../domain/storage';

// Parts that tell the metrics what they do. They are wrapped where they are put together, so that neither they nor who uses them knows.

/** An object store whose calls are counted. */
export function withMeasuredObjects<Store extends ObjectStore>(objects: Store, measures: Pick<Measures, 'objectStoreCall'>): Store {
  function measured<Given extends unknown[], Result>(operation: string, call: (...given: Given) => Promise<Result>) {
    return async (...given: Given): Promise<Result> => {
      try {
        const result = await call(...given);
        measures.objectStoreCall(operation, true);
        return result;
      } catch (error) {
        measures.objectStoreCall(operation, isAppError(error) && error.code !== 'service_unavailable');
        throw error;
      }
    };
  }
  return {
    ...objects,
    put: measured('put', (...given: Parameters<ObjectStore['put']>) => objects.put(...given)),
    putStream: measured('put', (...given: Parameters<ObjectStore['putStream']>) => objects.putStream(...given)),
    get: measured('get', (...given: Parameters<ObjectStore['get']>) => objects.get(...given)),
    read: measured('get', (...given: Parameters<ObjectStore['read']>) => objects.read(...given)),
    exists: measured('head', (...given: Parameters<ObjectStore['exists']>) => objects.exists(...given)),
    delete: measured('delete', (...given: Parameters<ObjectStore['delete']>) => objects.delete(...given)),
    list: measured('list', (...given: Parameters<ObjectStore['list']>) => objects.list(...given)),
  };
}

/** A store of events whose tries are counted. */
export function withMeasuredTries<Store extends Pick<CallbackStore, 'endTurn'>>(
  callbacks: Store,
  measures: Pick<Measures, 'callbackTry'>,
): Store {
  return {
    ...callbacks,
    endTurn: async (...given: Parameters<CallbackStore['endTurn']>) => {
      const verdict = await callbacks.endTurn(...given);
      measures.callbackTry(verdict.status);
      return verdict;
    },
  };
}

/** Campaigns whose started items are counted. */
export function withMeasuredStarts<Work extends Pick<CampaignWork, 'startItems'>>(
  campaigns: Work,
  measures: Pick<Measures, 'itemsStarted'>,
): Work {
  return {
    ...campaigns,
    startItems: async (...given: Parameters<CampaignWork['startItems']>) => {
      const outcome = await campaigns.startItems(...given);
      measures.itemsStarted(outcome.started.length);
      return outcome;
    },
  };
}
