import type { CampaignWork } from '../../domain/campaign/campaign';

/**
 * Items of all campaigns of a process that may be on the way to their first call at once. Queues inside Temporal and the workers know no
 * priority, so they are kept short: enough to keep everything busy, too few to be felt by a single request.
 */
const ON_THE_WAY = {
  none: 10,
  /** Chats pass the queues by and share the processors only. */
  text: 3,
  /** A campaign takes what single images and videos leave. */
  media: 1,
} as const;
/** A single request is taken into account for so long. */
const SINGLE_MS = 3_000;
const LOOK_EVERY_MS = 300;

/** Tells how many items may be on the way now; one look at the database serves all turns of the process. */
export function createPace(campaigns: Pick<CampaignWork, 'recentSingles'>): () => Promise<number> {
  let looked: ReturnType<CampaignWork['recentSingles']> = Promise.resolve('none');
  let lookedAt = Number.NEGATIVE_INFINITY;

  return async () => {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      lookedAt = performance.now();
      looked = campaigns.recentSingles(SINGLE_MS);
    }
    return ON_THE_WAY[await looked];
  };
}
