import type { BackupStore, BackupWork } from '../../domain/backup/backup';
import type { HistoryStore } from '../../domain/task/history';
import type { CallbackFeed, CallbackStore } from '../../domain/events/callback';
import type { EventRows } from '../../domain/events/follow';
import type { CampaignStore, CampaignWork } from '../../domain/campaign/campaign';
import type { BatchStore, BatchWork } from '../../domain/batch/batch';
import type { FileStore } from '../../domain/file/file';
import type { ScheduleStore } from '../../domain/campaign/schedule';
import type { AuditStore } from '../../domain/audit/store';
import type { OidcStore } from '../../domain/access/oidc';
import type { PeopleStore } from '../../domain/access/person';
import type { LinkStore, PasswordStore, SessionStore } from '../../domain/access/session';
import type { SqlPool } from './connection/pool';
import type { AssetLibrary } from '../../domain/asset/library';
import type { AssetStore, SpoolStore } from '../../domain/storage';
import type { BodyStore } from '../../domain/records/bodies';
import type { CallStore } from '../../domain/records/call';
import type { OperationsStore } from '../../domain/operations/operations';
import type { AttemptBooks } from '../../domain/records/attempt';
import type { UsageStore } from '../../domain/records/usage';
import type { ChangeFeed } from '../../domain/events/changes';
import type { HealthProbe, HousekeepingStore, InstanceStore } from '../../domain/upkeep';
import type { BudgetStore, CreditStore } from '../../domain/money/budget';
import type { LedgerStore } from '../../domain/money/ledger';
import type { ProviderHealthStore } from '../../domain/provider/health';
import type { BalanceStore } from '../../domain/provider/balance';
import type { ProbeStore } from '../../domain/provider/probe';
import type { RetentionStore } from '../../domain/retention/retention';
import type { TemplateStore } from '../../domain/template/template';
import type { RunLookup } from '../../domain/task/lookup';
import type { TaskStore } from '../../domain/task/store';

/** Everything this process does with Postgres. */
export interface Database extends SqlPool {
  readonly tasks: TaskStore;
  readonly lookup: RunLookup;
  readonly instances: InstanceStore;
  readonly assets: AssetStore;
  readonly library: AssetLibrary;
  readonly templates: TemplateStore;
  readonly ledger: LedgerStore;
  readonly budgets: BudgetStore;
  readonly retention: RetentionStore;
  readonly backups: BackupStore;
  readonly backupWork: BackupWork;
  readonly credit: CreditStore;
  readonly spool: SpoolStore;
  readonly histories: HistoryStore;
  readonly callbacks: CallbackStore;
  readonly eventRows: EventRows;
  readonly campaigns: CampaignStore & CampaignWork;
  readonly batches: BatchStore & BatchWork;
  readonly files: FileStore;
  readonly schedules: ScheduleStore;
  readonly housekeeping: HousekeepingStore;
  readonly operations: OperationsStore;
  /** `traceparent` of the request behind an event; null: it was not traced. */
  readonly traceOf: (eventId: string) => Promise<string | null>;
  /** `x-request-id` of the request that made a task; null: none did. */
  readonly requestOf: (taskId: string) => Promise<string | null>;
  readonly calls: CallStore;
  readonly bodies: BodyStore;
  readonly usage: UsageStore;
  readonly attemptBooks: AttemptBooks;
  readonly providerHealth: ProviderHealthStore;
  readonly providerProbes: ProbeStore;
  readonly providerBalances: BalanceStore;
  readonly people: PeopleStore;
  readonly audit: AuditStore;
  readonly sessionStore: SessionStore;
  readonly oidcStore: OidcStore;
  readonly passwordStore: PasswordStore;
  readonly passwordLinks: LinkStore;
  readonly changes: ChangeFeed & CallbackFeed;
  readonly probe: HealthProbe;
  /** Brings the schema up to date; safe when several processes do it at once. @throws AppError `conflict` when the database is newer than this code */
  migrate(): Promise<void>;
  /** Forgets a part of the idempotency keys that are older than 48 h; answers how many. 0: none is left. */
  sweepIdempotencyKeys(): Promise<number>;
  /** Gives an object up for later, if a backup is being made; false: it may be removed now. */
  holdRemoval(key: string): Promise<boolean>;
  /** Ends all connections; to be called once, last. */
  close(): Promise<void>;
}
