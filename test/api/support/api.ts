import { silent } from '../../support/silent-logger';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { uuidv7 } from 'uuidv7';
import { createHash, randomBytes } from 'node:crypto';
import { createAccountWrites } from '../../../activities/account-writes';
import { createMediaLane, type MediaLaneDeps } from '../../../activities/media/lane';
import { createBodyKeeper } from '../../../activities/records/body-keeper';
import { createCallKeeper } from '../../../activities/records/call-keeper';
import { advanceBatch, type BatchStep } from '../../../activities/batch/advance';
import { openCatalogueView } from '../../../activities/catalogue-view';
import { createCatalogueAdmin, createConfigAdmin, createTemplateText } from '../../../adapters/config';
import { parseConfig } from '../../../adapters/config/file';
import { createDatabase, type Database } from '../../../adapters/db';
import { createProviderRegistry } from '../../../adapters/providers/registry';
import { createAlertBooks } from '../../../adapters/db/alerts';
import { createCatalogueStore } from '../../../adapters/db/catalogue';
import { createMoveStores } from '../../../adapters/db/imports';
import { createWebhookEndpointStore } from '../../../adapters/db/events/webhook-endpoints';
import { createEgress } from '../../../adapters/egress';
import { answers } from '../../../adapters/egress/answers';
import { adapterSupport, droppedParams } from '../../../adapters/providers/kinds';
import { createProcessMetrics } from '../../../adapters/metrics';
import { createPasswordHasher } from '../../../adapters/identity/passwords';
import { createSecrets, createTextSigner } from '../../../adapters/secrets';
import { createAssetWriter } from '../../../adapters/storage/asset-writer';
import { createImageViews } from '../../../adapters/storage/image-views';
import { createBodyVault, digest } from '../../../adapters/storage/call-bodies';
import { createObjectStore } from '../../../adapters/storage/object-store';
import { createPartialStore } from '../../../adapters/storage/partials';
import { createTemplateBodies } from '../../../adapters/storage/templates';
import { createTextStore } from '../../../adapters/storage/texts';
import { createWebhookSigner } from '../../../adapters/webhooks';
import { createApp } from '../../../api/app';
import type { ApiDeps, ApiSettings } from '../../../api/deps';
import { createHttpServer } from '../../../api/http/http-server';
import { createBatchLines } from '../../../api/openai/batches/lines';
import { STREAM_TIMES } from '../../../api/http/sse';
import type { ObjectStore } from '../../../domain/storage';
import type { TaskRunner } from '../../../domain/runner';
import { ALL_WELL } from '../../../domain/provider/plan';
import type { HealthProbe } from '../../../domain/upkeep';
import type { CatalogueStore } from '../../../domain/provider/catalogue-store';
import { useBucket, type TestBucket } from '../../support/bucket';
import { callApi, type Answer, type CallOptions } from '../../support/call';
import { createTestDatabase, dropTestDatabase } from '../../support/database';
import { CONFIG, KEYS, VARIABLES } from './config';
import { createScriptedLane, type ScriptedLane } from './lane';

export { CONFIG, KEYS, VARIABLES };

const notHere = () => Promise.reject(new Error('not part of this test'));
const newId = (prefix: string): string => `${prefix}_${uuidv7().replaceAll('-', '')}`;

export const ADMIN_KEY = 'sk-admin-0123456789abcdef';

export interface TestApi {
  readonly origin: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly lane: ScriptedLane;
  /** Media tasks whose workflow was started, and cancels that were sent. */
  readonly started: string[];
  readonly cancelled: string[];
  /** Campaigns and batches whose workflow was woken. */
  readonly woken: string[];
  readonly probes: HealthProbe[];
  readonly catalogueStore: CatalogueStore;
  readonly bucket: TestBucket;
  readonly siteKey: string;
  client(key?: string): OpenAI;
  /** Applies the configuration again with more teams (lines under `teams:`) and the variables that they name. */
  apply(teams: string, env: Readonly<Record<string, string>>): Promise<void>;
  readonly objects: ObjectStore;
  /** Takes the next step of a batch, as its workflow would. */
  advanceBatch(id: string): Promise<BatchStep>;
  /** Writes the files of a batch, as its workflow does before it says so. */
  writeBatch(id: string): Promise<void>;
  /** Calls a path with the site's key. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export type ApiOptions = Partial<
  Pick<ApiSettings, 'streams' | 'redirectsLinks' | 'trustedProxies'> & Pick<ApiDeps, 'consoleFiles' | 'guideFiles'>
>;

/** An api on a free port over the suite's Postgres and S3, with the text lane scripted and the workflows recorded. */
export function useApi(options: ApiOptions = {}): TestApi {
  const bucket = useBucket();
  let running: Running | undefined;
  beforeAll(async () => {
    running = await start(await createTestDatabase(), bucket, options);
  });
  afterAll(async () => {
    await running?.stop();
  });
  return new Proxy({} as TestApi, {
    get: (_target, name) => {
      if (running === undefined) throw new Error('The api starts in beforeAll: use it inside a test or hook.');
      return running.api[name as keyof TestApi];
    },
  });
}

interface Running {
  readonly api: TestApi;
  stop(): Promise<void>;
}

/** Small, so that a test reaches them. */
export const HELD = { processBytes: 24 * 1024 * 1024, teamBytes: 16 * 1024 * 1024, patienceMs: 1_000 };

export const BATCHES = { maxLines: 200, maxLineBytes: 64 * 1024 };
export const FILES = { maxFileBytes: 4 * 1024 * 1024, maxTeamBytes: 8 * 1024 * 1024 };

async function start(databaseUrl: string, bucket: TestBucket, options: ApiOptions): Promise<Running> {
  const objects = createObjectStore(bucket);
  const database = createDatabase({
    url: databaseUrl,
    poolMax: 6,
    applicationName: 'atelier test api',
    contents: { texts: createTextStore(objects), logger: silent },
  });
  const secrets = createSecrets(randomBytes(32).toString('base64'), null);
  const catalogueStore = createCatalogueStore(database, secrets, adapterSupport);
  const apply = async (teams: string, env: Readonly<Record<string, string>>): Promise<void> => {
    await catalogueStore.apply(parseConfig(`${CONFIG}${teams}`, { ...VARIABLES, ...env }));
  };
  await apply('', {});
  const catalogue = await openCatalogueView({ catalogueStore, changes: database.changes, logger: silent });
  const lane = createScriptedLane(database.tasks);
  const started: string[] = [];
  const cancelled: string[] = [];
  const woken: string[] = [];
  const probes: HealthProbe[] = [database.probe];
  const bodyVault = createBodyVault(objects, secrets);
  const books = createAlertBooks(database, secrets, newId);
  const deps = {
    ...database,
    ...books,
    alertWatch: books.watch,
    statusStore: books.status,
    historySource: { look: () => Promise.resolve(null), read: () => Promise.resolve(null) },
    settings: {
      publicUrl: null,
      adminKeyHash: createHash('sha256').update(ADMIN_KEY).digest('hex'),
      configFile: '/etc/atelier/atelier.yaml',
      instanceId: 'test-instance',
      version: '0.0.0-test',
      redirectsLinks: options.redirectsLinks ?? false,
      objectUrlPrefixes: [`${bucket.endpoint}/${bucket.bucket}/`],
      streams: options.streams ?? STREAM_TIMES,
      corsOrigins: '*',
      trustedProxies: options.trustedProxies ?? [],
      sessions: { idleMs: 3_600_000, absoluteMs: 86_400_000 },
      held: HELD,
      files: FILES,
      hasMail: false,
      statusIsPublic: false,
      temporalUiUrl: null,
      backupTo: '/mnt/backups',
      logDays: 90,
    },
    callKeeper: createCallKeeper({ calls: database.calls, logger: silent }),
    bodyVault,
    bodyKeeper: createBodyKeeper({ bodies: database.bodies, vault: bodyVault, digest, logger: silent }),
    passwordHasher: createPasswordHasher(),
    oidc: null,
    auditSigner: createTextSigner(randomBytes(32).toString('base64'), 'audit head', null),
    csrf: createTextSigner(randomBytes(32).toString('base64'), 'csrf', null),
    catalogueStore,
    catalogue,
    catalogueAdmin: createCatalogueAdmin(catalogueStore.definitions, '/etc/atelier/atelier.yaml', () => catalogue.latest()),
    configAdmin: createConfigAdmin(catalogueStore, {}),
    objects,
    templateBodies: createTemplateBodies(objects),
    templateText: createTemplateText(),
    links: createTextSigner(randomBytes(32).toString('base64'), 'links', null),
    providerCallbacks: createTextSigner(randomBytes(32).toString('base64'), 'provider callbacks', null),
    providers: createProviderRegistry(),
    assetWriter: createAssetWriter(objects),
    webhookEndpoints: createWebhookEndpointStore(database, secrets),
    ...createMoveStores(database, secrets),
    webhookSigner: createWebhookSigner(),
    imageViews: createImageViews(objects),
    droppedParams,
    countTokens: () => Promise.resolve(lane.script.counted ?? null),
    routeState: ALL_WELL,
    flushCalls: () => Promise.resolve(),
    testProvider: notHere,
    answers,
    partials: createPartialStore(objects),
    consoleFiles: options.consoleFiles ?? new Map(),
    guideFiles: options.guideFiles ?? new Map(),
    egress: createEgress({ allowLoopback: false, forbiddenPorts: () => [] }),
    lane,
    mediaLane: workflowsAlone(database.tasks, recordingRunner(started, cancelled)),
    runner: recordingRunner(started, cancelled),
    background: {
      wakeCampaign: async (id) => void woken.push(id),
      wakeBatch: async (id) => void woken.push(id),
      deliverCallback: () => Promise.resolve(),
    },
    scheduleRunner: {
      keep: () => Promise.resolve('made'),
      makeUp: () => Promise.resolve(),
      forget: () => Promise.resolve(),
      nextTimes: () => Promise.resolve([new Date('2030-01-07T01:00:00Z')]),
    },
    logger: silent,
    probes,
    queueSource: { queues: notHere, place: notHere },
    workersAlive: () => Promise.resolve(1),
    tracing: null,
    metrics: createProcessMetrics({ role: 'api', version: '0.0.0-test' }),
    now: () => new Date(),
    newId,
  } satisfies ApiDeps;
  const { app, close } = createApp(deps);
  const lines = createBatchLines(deps, BATCHES);
  const stopping = new AbortController().signal;
  const server = createHttpServer(app, newId);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: TestApi = {
    origin,
    database,
    databaseUrl,
    lane,
    started,
    cancelled,
    woken,
    probes,
    catalogueStore,
    bucket,
    siteKey: KEYS.site,
    apply,
    objects,
    advanceBatch: (id) =>
      advanceBatch(
        { ...{ batches: database.batches, campaigns: database.campaigns, lines, stopping }, ...deps, runner: deps.background },
        id,
      ),
    writeBatch: async (id) => {
      const batch = await database.batches.get(id, null);
      if (batch !== null) await lines.write(batch, stopping);
    },
    client: (key = KEYS.site) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: key }),
    call: (method, path, options) => callApi(`${origin}${path}`, method, { key: KEYS.site, ...options }),
  };
  return {
    api,
    async stop() {
      close();
      catalogue.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      objects.close();
      await database.close();
      await dropTestDatabase(databaseUrl);
    },
  };
}

/** The lane of images and videos of a process that makes no first attempts. */
function workflowsAlone(tasks: ApiDeps['tasks'], runner: TaskRunner): ApiDeps['mediaLane'] {
  return createMediaLane({
    tasks,
    writes: createAccountWrites(tasks),
    runner,
    logger: silent,
    optimistic: false,
  } as unknown as MediaLaneDeps);
}

function recordingRunner(started: string[], cancelled: string[]): TaskRunner {
  return {
    startMedia: async ({ id }) => void started.push(id),
    cancel: async (taskId) => void cancelled.push(taskId),
    jobMoved: () => Promise.resolve(),
    lateJobMoved: () => Promise.resolve(),
  };
}
