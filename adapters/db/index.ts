import { createLinkStore, createPasswordStore } from './access/passwords';
import { createOidcStore } from './access/oidc';
import { createPeopleStore } from './access/people';
import { createSessionStore } from './access/sessions';
import { createAuditStore } from './audit';
import { createBatchStore } from './batches';
import { createFileStore } from './files';
import { createAssetLibrary } from './library';
import { createAssetStore } from './tasks/assets';
import { createOperationsStore } from './operations';
import { createRequestOf } from './events/request-of';
import { createTraceOf } from './events/trace-of';
import { createCallbackStore } from './events/callbacks';
import { createEventRows } from './events/follow';
import { createBodyStore } from './records/bodies';
import { createCallStore } from './records/calls';
import { createAttemptBooks } from './records/attempts';
import { createUsageStore } from './records/usage';
import { createCampaignStore } from './campaigns';
import { createScheduleStore } from './campaigns/schedules';
import { createChangeFeed } from './connection/changes';
import type { Database } from './database';
import { createHistoryStore } from './tasks/history';
import { createHousekeepingStore, createIdempotencySweep } from './upkeep/housekeeping';
import { createInstanceStore } from './upkeep/instances';
import { createBudgetStore } from './money/budgets';
import { createCreditStore } from './money/credit';
import { createBackupRecords } from './backup/records';
import { createBackupWork } from './backup/work';
import { createRetentionStore } from './retention';
import { createLedgerStore } from './money/ledger';
import { migrate } from './schema/migrate';
import { createBalanceStore } from './catalogue/balances';
import { createProbeStore } from './catalogue/probes';
import { createProviderHealthStore } from './catalogue/provider-health';
import { createPool, createPostgresProbe } from './connection/pool';
import type { PoolOptions } from './connection/pool';
import { createSpoolStore } from './tasks/spool';
import { createRunLookup } from './tasks/lookup';
import { createTemplateStore } from './templates';
import { createTaskStore } from './tasks';
import { createTaskContents, type LargeContents } from './tasks/contents';

export type { Database } from './database';

export interface DatabaseOptions extends PoolOptions {
  /** Where contents of tasks go that are too large for a row; absent: all stay in their rows. */
  readonly contents?: LargeContents;
}

/** Opens this process's connections to Postgres; the first one is made by the first statement. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = createPool(options);
  const contents = createTaskContents(options.contents ?? null);
  const changes = createChangeFeed(options);
  const calls = createCallStore(pool);
  return {
    ...pool,
    tasks: createTaskStore(pool, contents),
    lookup: createRunLookup(pool),
    instances: createInstanceStore(pool),
    assets: createAssetStore(pool),
    library: createAssetLibrary(pool),
    templates: createTemplateStore(pool),
    ledger: createLedgerStore(pool),
    budgets: createBudgetStore(pool),
    retention: createRetentionStore(pool),
    backups: createBackupRecords(pool),
    backupWork: createBackupWork(pool),
    credit: createCreditStore(pool),
    spool: createSpoolStore(pool),
    histories: createHistoryStore(pool),
    callbacks: createCallbackStore(pool),
    eventRows: createEventRows(pool),
    campaigns: createCampaignStore(pool, contents),
    batches: createBatchStore(pool),
    files: createFileStore(pool),
    schedules: createScheduleStore(pool),
    housekeeping: createHousekeepingStore(pool),
    operations: createOperationsStore(pool),
    traceOf: createTraceOf(pool),
    requestOf: createRequestOf(pool),
    calls,
    bodies: createBodyStore(pool),
    usage: createUsageStore(pool, calls),
    attemptBooks: createAttemptBooks(pool),
    providerHealth: createProviderHealthStore(pool),
    providerProbes: createProbeStore(pool),
    providerBalances: createBalanceStore(pool),
    people: createPeopleStore(pool),
    audit: createAuditStore(pool),
    sessionStore: createSessionStore(pool),
    oidcStore: createOidcStore(pool),
    passwordStore: createPasswordStore(pool),
    passwordLinks: createLinkStore(pool),
    changes,
    probe: createPostgresProbe(pool),
    migrate: () => migrate(options.url),
    sweepIdempotencyKeys: createIdempotencySweep(pool),
    async holdRemoval(key) {
      const [row] = await pool.query<{ held: boolean }>('select hold_removal($1) as held', [key]);
      return row?.held ?? false;
    },
    close: async () => {
      await Promise.all([changes.close(), pool.close()]);
    },
  };
}
