import { createAssetStore } from './assets';
import { createCallbackStore } from './callbacks';
import { createCampaignStore } from './campaigns';
import { createChangeFeed } from './changes';
import type { Database } from './database';
import { createHistoryStore } from './history';
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
    changes,
    probe: createPostgresProbe(pool),
    migrate: () => migrate(options.url),
    sweepIdempotencyKeys: async () => {
      const rows = await pool.query<{ count: number }>(
        `with forgotten as (delete from idempotency_keys where created_at < now() - interval '48 hours' returning 1)
         select count(*)::int as count from forgotten`,
      );
      return rows[0]?.count ?? 0;
    },
    close: async () => {
      await Promise.all([changes.close(), pool.close()]);
    },
  };
}
