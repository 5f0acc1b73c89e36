import { createAssetStore } from './tasks/assets';
import { createCallbackStore } from './events/callbacks';
import { createCampaignStore } from './campaigns';
import { createChangeFeed } from './connection/changes';
import type { Database } from './database';
import { createHistoryStore } from './tasks/history';
import { createHousekeepingStore, createIdempotencySweep } from './upkeep/housekeeping';
import { createInstanceStore } from './upkeep/instances';
import { createLedgerStore } from './money/ledger';
import { migrate } from './schema/migrate';
import { createPool } from './connection/pool';
import type { PoolOptions } from './connection/pool';
import { createPostgresProbe } from './connection/probe';
import { createSpoolStore } from './tasks/spool';
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
