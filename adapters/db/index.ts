import { createAssetStore } from './assets';
import { createCallbackStore } from './callbacks';
import { createCampaignStore } from './campaigns';
import { createChangeFeed } from './changes';
import type { Database } from './database';
import { createHistoryStore } from './history';
import { createHousekeepingStore, createIdempotencySweep } from './housekeeping';
import { createInstanceStore } from './instances';
import { createLedgerStore } from './ledger';
import { migrate } from './migrate';
import { createPool } from './pool';
import type { PoolOptions } from './pool';
import { createPostgresProbe } from './probe';
import { createSpoolStore } from './spool';
import { createTaskStore } from './tasks';

export type { Database } from './database';

/** Opens this process's connections to Postgres; the first one is made by the first statement. */
export function createDatabase(options: PoolOptions): Database {
  const pool = createPool(options);
  const changes = createChangeFeed(options);
  return {
    ...pool,
    tasks: createTaskStore(pool),
    instances: createInstanceStore(pool),
    assets: createAssetStore(pool),
    ledger: createLedgerStore(pool),
    spool: createSpoolStore(pool),
    histories: createHistoryStore(pool),
    callbacks: createCallbackStore(pool),
    campaigns: createCampaignStore(pool),
    housekeeping: createHousekeepingStore(pool),
    changes,
    probe: createPostgresProbe(pool),
    migrate: () => migrate(options.url),
    sweepIdempotencyKeys: createIdempotencySweep(pool),
    close: async () => {
      await Promise.all([changes.close(), pool.close()]);
    },
  };
}
