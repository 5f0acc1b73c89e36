import type { IncidentStore } from '../domain/alert/incident';
import type { NoticeStore } from '../domain/alert/notice';
import type { AlertStore } from '../domain/alert/rule';
import type { AlertWatch } from '../domain/alert/watch';
import type { StatusStore } from '../domain/status/status';
import type { PeopleStore } from '../domain/access/person';
import type { ActScope } from '../domain/audit/act';
import type { AuditStore } from '../domain/audit/store';
import type { OidcProvider, OidcRule, OidcStore } from '../domain/access/oidc';
import type { SecretBox, TextSigner } from '../domain/access/secrets';
import type { PasswordHasher } from '../domain/access/password';
import type { LinkStore, PasswordStore, SessionLimits, SessionStore } from '../domain/access/session';
import type { OperationsStore, QueueSource } from '../domain/operations/operations';
import type { Registry } from 'prom-client';
import type { ConfigAdmin } from '../domain/config/document';
import type { BatchStore } from '../domain/batch/batch';
import type { FileStore } from '../domain/file/file';
import type { ImportStore } from '../domain/migration/import';
import type { TrafficStore } from '../domain/migration/traffic';
import type { CampaignStore, UsualSeconds } from '../domain/campaign/campaign';
import type { ScheduleRunner, ScheduleStore } from '../domain/campaign/schedule';
import type { CallbackStore, WebhookSigner } from '../domain/events/callback';
import type { WebhookEndpointStore } from '../domain/events/webhook-endpoint';
import type { EventRows } from '../domain/events/follow';
import type { HistorySource, HistoryStore } from '../domain/task/history';
import type { Logger } from '../domain/log';
import type { PartialStore } from '../domain/task/partials';
import type { BackgroundRunner, MediaLane, TaskRunner, TextLane } from '../domain/runner';
import type { AssetWriter, Egress, ObjectStore } from '../domain/storage';
import type { AssetStore, ImageViews } from '../domain/storage';
import type { AssetLibrary } from '../domain/asset/library';
import type { ChangeFeed } from '../domain/events/changes';
import type { HealthProbe } from '../domain/upkeep';
import type { BackupStore } from '../domain/backup/backup';
import type { RetentionStore } from '../domain/retention/retention';
import type { BudgetStore, CreditStore } from '../domain/money/budget';
import type { LedgerStore } from '../domain/money/ledger';
import type { BodyKeeper, BodyStore, BodyVault } from '../domain/records/bodies';
import type { CallKeeper, CallStore } from '../domain/records/call';
import type { TemplateBodies, TemplateStore, TemplateText } from '../domain/template/template';
import type { RunLookup } from '../domain/task/lookup';
import type { TaskStore } from '../domain/task/store';
import type { Tracing } from '../domain/tracing';
import type { AttemptBooks } from '../domain/records/attempt';
import type { UsageStore } from '../domain/records/usage';
import type { CallPlaces } from '../domain/provider/limits';
import type { RouteState } from '../domain/provider/plan';
import type { ProviderHealthStore, ProviderTester } from '../domain/provider/health';
import type { BalanceStore } from '../domain/provider/balance';
import type { ProbeStore } from '../domain/provider/probe';
import type { DroppedParams, ProviderRegistry, TokenCounter } from '../domain/provider/provider';
import type { CatalogueAdmin } from '../domain/provider/definitions';
import type { CatalogueStore, CatalogueView } from '../domain/provider/catalogue-store';
import type { WebFiles } from '../domain/web-file';
import type { HeldBytes, HeldLimits } from '../lib/held-bytes';
import type { StreamTimes } from './http/sse';
import type { AllowedOrigins } from './middleware/cors';
import type { Callers, Sessions } from './callers';
import type { EventHub } from './events/hub';
import type { Recent } from './recent';
import type { CampaignWatcher, TaskWatcher } from './watch';

/** The facts of the settings that the api needs. */
export interface ApiSettings {
  /** Where users reach the api, without a path and a trailing slash ("https://atelier.example"); null: as the request's Host says. */
  readonly publicUrl: string | null;
  /** SHA-256 of the admin key, hex; null: there is none. */
  readonly adminKeyHash: string | null;
  /** When streams of chats speak without having anything to say. */
  readonly streams: StreamTimes;
  /** Path of the configuration file; null: there is none. */
  readonly configFile: string | null;
  /** Names this process in `attempts.instance_id`. */
  readonly instanceId: string;
  /** Version of the package, for answers that name it. */
  readonly version: string;
  /** Bytes of a signed link come from the object store itself, by a redirect (`S3_PUBLIC_ENDPOINT`). */
  readonly redirectsLinks: boolean;
  /** Beginnings of the links that the object store signs: "http://127.0.0.1:8333/atelier/" (endpoint and public endpoint with bucket). */
  readonly objectUrlPrefixes: readonly string[];
  /** Origins of browser pages that may call the API, in lower case ("https://app.example"). */
  readonly corsOrigins: AllowedOrigins;
  /** Whose `X-Forwarded-For` names the client: addresses, CIDRs, or Express' names of networks. */
  readonly trustedProxies: readonly string[];
  /** When sessions of people end. */
  readonly sessions: SessionLimits;
  /** Bounds of what requests may make this process hold at once. */
  readonly held: HeldLimits;
  /** ATELIER_SMTP_URL is set: alerts can tell by e-mail. */
  readonly hasMail: boolean;
  /** Address of Temporal's web page; null: it is not known. */
  readonly temporalUiUrl: string | null;
  /** Where backups that are asked for by the API go; null: nowhere. */
  readonly backupTo: string | null;
  /** The status page names the providers. */
  readonly statusIsPublic: boolean;
  /** Calls stay in the log for so long where no rule of retention says otherwise. */
  readonly logDays: number;
  /** Bounds of uploaded files, in bytes: of one, and of those that a team keeps together. */
  readonly files: { readonly maxFileBytes: number; readonly maxTeamBytes: number };
}

/** Metrics of this process. */
export interface ApiMetrics {
  /** What anybody may read. */
  readonly open: Registry;
  /** All of it, in Prometheus' text form. */
  text(): Promise<string>;
}

/** All that the api is given by `api/main.ts`. Ports only. */
export interface ApiDeps {
  readonly settings: ApiSettings;
  readonly tasks: TaskStore;
  readonly alerts: AlertStore;
  readonly incidents: IncidentStore;
  readonly alertWatch: Pick<AlertWatch, 'spending'>;
  readonly statusStore: StatusStore;
  readonly notices: Pick<NoticeStore, 'find' | 'test'>;
  /** From any id to the run behind it. */
  readonly lookup: RunLookup;
  readonly campaigns: CampaignStore;
  /** The call log. */
  readonly calls: Pick<CallStore, 'catchUp' | 'histogram' | 'list'>;
  readonly callKeeper: CallKeeper;
  /** Bodies of the calls of teams that want them kept. */
  readonly bodies: BodyStore;
  readonly bodyVault: BodyVault;
  readonly bodyKeeper: BodyKeeper;
  readonly batches: BatchStore;
  readonly files: FileStore;
  readonly schedules: ScheduleStore;
  /** Makes Temporal know of schedules. */
  readonly scheduleRunner: ScheduleRunner;
  readonly callbacks: CallbackStore;
  readonly webhookEndpoints: WebhookEndpointStore;
  /** Signs test events. */
  readonly webhookSigner: WebhookSigner;
  readonly eventRows: EventRows;
  readonly assets: AssetStore;
  readonly library: AssetLibrary;
  readonly imageViews: ImageViews;
  readonly templates: TemplateStore;
  readonly templateBodies: TemplateBodies;
  readonly templateText: TemplateText;
  readonly ledger: LedgerStore;
  readonly budgets: BudgetStore;
  readonly retention: RetentionStore;
  readonly backups: BackupStore;
  readonly credit: CreditStore;
  readonly usage: UsageStore;
  readonly attemptBooks: AttemptBooks;
  readonly histories: HistoryStore;
  readonly historySource: HistorySource;
  readonly imports: ImportStore;
  readonly importTraffic: TrafficStore;
  readonly people: PeopleStore;
  /** Says who does what a handler asks of the database. */
  readonly acts: ActScope;
  readonly audit: AuditStore;
  /** Signed the head of the audit log. */
  readonly auditSigner: Pick<TextSigner, 'verify'>;
  readonly sessionStore: SessionStore;
  readonly oidcStore: OidcStore;
  /** Sign-in by OIDC, with what seals its cookie; null: it is not configured. */
  readonly oidc: { readonly provider: OidcProvider; readonly box: SecretBox; readonly rules: readonly OidcRule[] } | null;
  readonly passwordStore: PasswordStore;
  readonly passwordHasher: PasswordHasher;
  /** Links by which a person chooses a password. */
  readonly passwordLinks: LinkStore;
  readonly catalogueStore: CatalogueStore;
  /** Handlers ask `catalogueOf` for the snapshot of their request. */
  readonly catalogue: Pick<CatalogueView, 'current'>;
  readonly changes: ChangeFeed;
  readonly objects: ObjectStore;
  /** Signs the links to stored files. */
  readonly links: TextSigner;
  /** Makes the CSRF token of a session from the hash of its token. */
  readonly csrf: TextSigner;
  /** Signed the addresses that providers were handed. */
  readonly providerCallbacks: TextSigner;
  readonly providers: ProviderRegistry;
  readonly assetWriter: AssetWriter;
  readonly egress: Egress;
  readonly droppedParams: DroppedParams;
  readonly countTokens: TokenCounter;
  /** What this process knows of the state of providers. */
  readonly routeState: RouteState & CallPlaces;
  /** What all processes know of it. */
  readonly providerHealth: ProviderHealthStore;
  readonly providerProbes: Pick<ProbeStore, 'last'>;
  readonly providerBalances: Pick<BalanceStore, 'last'>;
  /** Writes what this process has to add to it. */
  readonly flushCalls: () => Promise<void>;
  readonly testProvider: ProviderTester;
  /** Whether anything answers at an address that an administrator gave. */
  readonly answers: (address: string) => Promise<boolean>;
  readonly partials: PartialStore;
  /** The console's build; empty: it is not built. */
  readonly consoleFiles: WebFiles;
  /** Behind /admin/v1/providers and /admin/v1/models. */
  readonly catalogueAdmin: CatalogueAdmin;
  /** The guides as they were built. */
  readonly guideFiles: WebFiles;
  /** Behind /admin/v1/config. */
  readonly configAdmin: ConfigAdmin;
  readonly lane: TextLane;
  readonly mediaLane: MediaLane;
  readonly runner: TaskRunner;
  /** Campaigns, batches and callbacks. */
  readonly background: BackgroundRunner;
  readonly logger: Logger;
  /** Asked by `/readyz`, each with a cap of 2 s. */
  readonly probes: readonly HealthProbe[];
  readonly operations: OperationsStore;
  /** What Temporal knows of the task queues. */
  readonly queueSource: QueueSource;
  /** Number of living worker processes. */
  readonly workersAlive: () => Promise<number>;
  readonly metrics: ApiMetrics;
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
  readonly now: () => Date;
  /** A new id: `newId('task')` gives `task_` and 32 hex digits that rise with time. */
  readonly newId: (prefix: string) => string;
}

/** What `createApp` adds for the routers: each `xRouter(context)` gets this. */
export interface ApiContext extends ApiDeps {
  readonly callers: Callers;
  readonly sessions: Sessions;
  readonly held: HeldBytes;
  readonly watcher: TaskWatcher;
  readonly campaignWatcher: CampaignWatcher;
  readonly eventHub: EventHub;
  /** How long tasks of each model took of late: by the key ''. */
  readonly typicalTimes: Recent<ReadonlyMap<string, UsualSeconds>>;
  /** Aborts when the api is about to end: `/readyz` says so, answers close their connections, event streams end for others to go on. */
  readonly draining: AbortSignal;
  /** Aborts when the api ends: waits end with what is known. */
  readonly closing: AbortSignal;
}

// What a function of the api takes of the context stands in its signature. What many take together:

/** Who calls. */
export type Authenticating = Pick<
  ApiContext,
  'acts' | 'audit' | 'bodyKeeper' | 'callers' | 'callKeeper' | 'catalogue' | 'csrf' | 'held' | 'logger' | 'now' | 'sessions' | 'settings'
>;
/** Reading images and videos that a request names. */
export type Sourcing = Pick<ApiContext, 'assetWriter' | 'assets' | 'egress' | 'files' | 'links' | 'newId' | 'settings' | 'tasks'>;
/** Admitting an image or video task and starting its run. */
export type SubmittingMedia = Pick<ApiContext, 'mediaLane' | 'newId' | 'routeState' | 'settings' | 'tasks'>;
/** Rendering the template that a request names. */
export type UsingTemplates = Pick<ApiContext, 'templateBodies' | 'templates'>;
/** Waiting for a task to end. */
export type Awaiting = Pick<ApiContext, 'closing' | 'tasks' | 'watcher'>;
/** Showing a task or an asset, with links to its files. */
export type Presenting = Pick<ApiContext, 'links' | 'now' | 'settings'>;
