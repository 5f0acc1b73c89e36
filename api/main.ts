import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createBodyKeeper } from '../activities/records/body-keeper';
import { createCallKeeper } from '../activities/records/call-keeper';
import { createMediaGroupActivities } from '../activities/media/join';
import { createSlots } from '../activities/media/slots';
import { createMediaLane } from '../activities/media/lane';
import { createTextActivities } from '../activities/text/activities';
import { createTokenCounter } from '../activities/text/count-tokens';
import { createAccountWrites } from '../activities/account-writes';
import { createTextLane } from '../activities/text/lane';
import { createCatalogueAdmin, createConfigAdmin, createTemplateText } from '../adapters/config';
import type { Settings } from '../adapters/config/settings';
import { answers } from '../adapters/egress/answers';
import { watchInstallation } from '../adapters/metrics/installation';
import { createOidcProvider } from '../adapters/identity/oidc';
import { createPasswordHasher } from '../adapters/identity/passwords';
import { droppedParams } from '../adapters/providers/kinds';
import { createProviderTester } from '../adapters/providers/tester';
import { createMoveStores } from '../adapters/db/imports';
import { createWebhookEndpointStore } from '../adapters/db/events/webhook-endpoints';
import { createSecrets, createTextSigner } from '../adapters/secrets';
import { createBodyVault, digest } from '../adapters/storage/call-bodies';
import { createStorageProbe } from '../adapters/storage/object-store';
import { createImageViews } from '../adapters/storage/image-views';
import { createTemplateBodies } from '../adapters/storage/templates';
import { readWebFiles } from '../adapters/web/files';
import { createQueueSource } from '../adapters/temporal/queues';
import { createTemporalRunner } from '../adapters/temporal/runner';
import { createScheduleRunner } from '../adapters/temporal/schedules';
import { createWebhookSigner } from '../adapters/webhooks';
import { runProcess, type Parts } from '../bootstrap';
import { mediaDeps } from '../bootstrap/media';
import { isForEveryProcess } from '../domain/provider/limits';
import { shutdownWarning } from '../domain/provider/shutdown';
import { startBatches } from '../worker/batches';
import { createInteractiveWorker } from '../worker/interactive';
import { mediaGroupId, textGroupId } from '../workflows/contract';
import { newId } from '../bootstrap/new-id';
import packageJson from '../package.json';
import { createApp } from './app';
import { createHttpServer } from './http/http-server';
import type { ApiDeps } from './deps';
import { createBatchLines } from './openai/batches/lines';
import { STREAM_TIMES } from './http/sse';

/** Where the build leaves the console, beside the compiled tree. */
const CONSOLE_FOLDER = join(__dirname, '..', 'console');
const GUIDES_FOLDER = join(__dirname, '..', 'guides');
/** A connection that an answer left open just before the end may bring one more request, this soon. */
const LAST_KEEP_ALIVE_MS = 1_000;
/** A Temporal that does not answer keeps no client waiting longer: what was asked for is stored already. */
const HANDLER_WAITS_MS = 2_000;
/** Time for bodies of calls that are being stored. */
const BODIES_WAIT_MS = 2_000;
/** Time for the answers of waits that the end cuts short. */
const LAST_ANSWERS_MS = 1_000;

async function start(parts: Parts, environment: NodeJS.ProcessEnv): Promise<void> {
  const { settings, logger, shutdown, instanceId, database, catalogueStore, alertBooks, view, temporal, objects } = parts;
  const { queuePrefix } = settings;
  const runner = createTemporalRunner(temporal, { queuePrefix, answerWithinMs: HANDLER_WAITS_MS, groupQueue: 'interactive' });

  parts.startHeartbeat();
  for (const model of view.current().models.values()) {
    const warning = shutdownWarning(model, new Date());
    if (warning !== null) logger.warn({ model: model.name, shutdown_date: model.shutdownDate }, warning);
  }
  const writes = createAccountWrites(database.tasks);
  const lane = createTextLane({
    writes,
    tasks: database.tasks,
    instances: database.instances,
    assets: database.assets,
    assetWriter: parts.assetWriter,
    spooledWriter: parts.spooledWriter,
    objects: parts.objects,
    catalogue: () => view.current(),
    latestCatalogue: () => view.latest(),
    providers: parts.providers,
    state: parts.providerState,
    owners: runner,
    workflowIdOf: textGroupId,
    optimistic: settings.optimistic,
    instanceId,
    logger,
    now: () => new Date(),
  });

  const media = mediaDeps(parts);
  const mediaLane = createMediaLane({
    ...media,
    writes,
    owners: runner,
    runner,
    workflowIdOf: mediaGroupId,
    optimistic: settings.optimistic,
    mayCall: isForEveryProcess,
    slots: createSlots(),
  });

  database.changes.onCancel((taskId) => {
    lane.cancelled(taskId);
    mediaLane.cancelled(taskId);
  });

  const place = {
    connection: temporal.connection,
    namespace: temporal.namespace,
    queuePrefix: settings.queuePrefix,
    identity: instanceId,
    watch: parts.watch,
  };
  const worker = await createInteractiveWorker(place, {
    ...createTextActivities({
      lane,
      tasks: database.tasks,
      catalogue: () => view.current(),
      latestCatalogue: () => view.latest(),
      state: parts.providerState,
      random: Math.random,
    }),
    ...createMediaGroupActivities({ ...media, runner }, mediaLane),
  });
  const working = worker.run();
  working.catch((error: unknown) => {
    shutdown.fail('the interactive worker ended', error);
  });

  shutdown.then('interactive worker', async () => {
    await Promise.all([lane.drain(2_000), mediaLane.drain(2_000)]);
    worker.shutdown();
    await working;
    lane.close();
    mediaLane.close();
  });

  const bodyVault = createBodyVault(objects, createSecrets(settings.masterKey, settings.previousMasterKey));
  const bodyKeeper = createBodyKeeper({ bodies: database.bodies, vault: bodyVault, digest, logger });
  shutdown.then('bodies of calls', () => bodyKeeper.drain(BODIES_WAIT_MS));

  const deps: ApiDeps = {
    settings: {
      publicUrl: settings.publicUrl,
      adminKeyHash: settings.adminKeyHash,
      configFile: settings.configFile,
      instanceId,
      version: packageJson.version,
      streams: STREAM_TIMES,
      redirectsLinks: settings.s3.publicEndpoint !== null,
      objectUrlPrefixes: objectUrlPrefixes(settings),
      corsOrigins: settings.corsOrigins,
      trustedProxies: settings.trustedProxies,
      sessions: settings.sessions,
      held: settings.held,
      files: settings.files,
      hasMail: settings.smtp !== null,
      statusIsPublic: settings.statusIsPublic,
      temporalUiUrl: settings.temporalUiUrl,
      backupTo: settings.backupTo,
      logDays: settings.logDays,
    },
    tasks: database.tasks,
    alerts: alertBooks.alerts,
    incidents: alertBooks.incidents,
    alertWatch: alertBooks.watch,
    statusStore: alertBooks.status,
    notices: alertBooks.notices,
    campaigns: database.campaigns,
    calls: database.calls,
    callKeeper: createCallKeeper({ calls: database.calls, logger }),
    bodies: database.bodies,
    bodyVault,
    bodyKeeper,
    batches: database.batches,
    files: database.files,
    schedules: database.schedules,
    scheduleRunner: createScheduleRunner(temporal, settings),
    callbacks: database.callbacks,
    webhookEndpoints: createWebhookEndpointStore(database, createSecrets(settings.masterKey, settings.previousMasterKey)),
    webhookSigner: createWebhookSigner(),
    eventRows: database.eventRows,
    assets: database.assets,
    library: database.library,
    imageViews: createImageViews(objects),
    templates: database.templates,
    templateBodies: createTemplateBodies(objects),
    templateText: createTemplateText(),
    ledger: database.ledger,
    budgets: database.budgets,
    retention: database.retention,
    backups: database.backups,
    credit: database.credit,
    usage: database.usage,
    attemptBooks: database.attemptBooks,
    histories: database.histories,
    historySource: parts.historySource,
    ...createMoveStores(database, createSecrets(settings.masterKey, settings.previousMasterKey)),
    people: database.people,
    acts: database.acts,
    audit: database.audit,
    auditSigner: createTextSigner(settings.masterKey, 'audit head', settings.previousMasterKey),
    sessionStore: database.sessionStore,
    oidcStore: database.oidcStore,
    oidc:
      settings.oidc === null
        ? null
        : {
            ...settings.oidc,
            provider: createOidcProvider(settings.oidc),
            box: createSecrets(settings.masterKey, settings.previousMasterKey),
          },
    passwordStore: database.passwordStore,
    passwordHasher: createPasswordHasher(),
    passwordLinks: database.passwordLinks,
    catalogueStore,
    catalogue: view,
    changes: database.changes,
    objects,
    links: createTextSigner(settings.masterKey, 'links', settings.previousMasterKey),
    csrf: createTextSigner(settings.masterKey, 'csrf', settings.previousMasterKey),
    providerCallbacks: createTextSigner(settings.masterKey, 'provider callbacks', settings.previousMasterKey),
    providers: parts.providers,
    assetWriter: parts.assetWriter,
    egress: parts.egress,
    droppedParams,
    countTokens: createTokenCounter({ providers: parts.providers, newId, logger }),
    routeState: parts.providerState,
    providerHealth: database.providerHealth,
    providerProbes: database.providerProbes,
    providerBalances: database.providerBalances,
    lookup: database.lookup,
    flushCalls: () => parts.providerState.flush(),
    testProvider: createProviderTester(parts.providers),
    answers,
    partials: parts.partials,
    consoleFiles: readWebFiles(CONSOLE_FOLDER),
    catalogueAdmin: createCatalogueAdmin(catalogueStore.definitions, settings.configFile, () => view.latest()),
    guideFiles: readWebFiles(GUIDES_FOLDER),
    configAdmin: createConfigAdmin(catalogueStore, environment),
    lane,
    mediaLane,
    runner,
    background: runner,
    logger,
    probes: [database.probe, temporal.probe, createStorageProbe(objects)],
    operations: database.operations,
    queueSource: createQueueSource(temporal, settings.queuePrefix),
    workersAlive: () => database.instances.count('worker'),
    metrics: parts.metrics,
    tracing: parts.tracing,
    now: () => new Date(),
    newId,
  };
  watchInstallation(parts.metrics, {
    operations: database.operations,
    health: database.providerHealth,
    balances: database.providerBalances,
    instances: database.instances,
    probes: deps.probes,
    providers: () => view.current().providers.keys(),
    now: deps.now,
  });
  const api = createApp(deps);
  const batches = await startBatches(
    place,
    { batches: database.batches, campaigns: database.campaigns, lines: createBatchLines(deps), runner, logger, now: deps.now },
    (error) => shutdown.fail('the worker of batches ended', error),
  );
  shutdown.first('batches', () => batches.stop());

  const server = createHttpServer(api.app, newId);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  logger.info({ host: settings.host, port: settings.port, instance: instanceId }, 'the api listens');

  shutdown.first('http', async () => {
    const { graceMs, workMs } = settings.drain;
    api.drain();
    server.keepAliveTimeout = LAST_KEEP_ALIVE_MS;
    await pause(graceMs);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await Promise.race([Promise.all([closed, lane.drain(workMs), mediaLane.drain(workMs)]), pause(workMs, undefined, { ref: false })]);
    api.close();
    await Promise.race([closed, pause(LAST_ANSWERS_MS, undefined, { ref: false })]);
    server.closeAllConnections();
  });
}

/** The beginnings of links that Atelier gave out itself. */
function objectUrlPrefixes({ s3 }: Settings): string[] {
  const endpoints = [s3.endpoint, ...(s3.publicEndpoint === null ? [] : [s3.publicEndpoint])];
  return endpoints.map((endpoint) => `${endpoint.replace(/\/+$/, '')}/${s3.bucket}/`);
}

runProcess({ name: 'api', workMs: ({ drain }) => drain.graceMs + drain.workMs, start }, process.env);
