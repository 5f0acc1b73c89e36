import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../process/spec';
import { StartFailure } from '../failure';
import { startGuardian } from '../guardian';
import { type Home, ensureHome } from '../home';
import { boundLogs } from '../process/logs';
import { cleanHome } from '../run-services';
import { apiPort } from './api-port';
import { choosePorts } from '../ports';
import { childrenEnvironment } from './children-environment';
import { configFacts } from './config-facts';
import { type Credentials, credentialsFile, sampleVariables, writeCredentials } from './credentials';

import { takeHome } from './home-lock';
import { type Installation, createInstallation } from './installation';
import type { RunningLab } from './lab';
import { keepPortList, type PortList } from './port-list';
import type { Programs } from './roles';
import { type UpSettings, originOf, readUpSettings } from './settings';
import { listenForStop } from './stop-request';
import { welcome } from './welcome';

const GIVES_UP_WITHIN_MS = 2_000;
/** The name of the port on which the worker tells its metrics. */
const WORKER_METRICS = 'worker.metrics';

export interface UpOptions {
  readonly environment: Environment;
  /** A line of progress. */
  readonly say: (line: string) => void;
  /** The result for programs: one JSON document. */
  readonly print: (document: object) => void;
  readonly servicesOnly: boolean;
  /** Also start the lab and use its configuration; ATELIER_LAB=1 does too. */
  readonly lab?: boolean;
  /** YAML that is applied without a configuration file. */
  readonly defaultConfig: string;
  readonly programs?: Programs;
}

const BUILT: Programs = {
  prepare: join(__dirname, '../../db/main.js'),
  worker: join(__dirname, '../../../worker/main.js'),
  api: join(__dirname, '../../../api/main.js'),
  lab: join(__dirname, '../../../test/lab/main.js'),
};

/**
 * `atelier up`: starts everything and stays in the foreground until a stop is asked for, then ends everything it started.
 *
 * @throws StartFailure with one line for the person at the console; nothing is left running
 */
export async function runUp(options: UpOptions): Promise<void> {
  const begun = Date.now();
  const { environment, say } = options;
  const settings = readUpSettings(environment);
  const home = ensureHome(settings.home);
  const leaveHome = takeHome(home);
  const guardian = startGuardian();
  const leaveLogs = boundLogs(home.logs);
  let installation: Installation | undefined;
  let started: Promise<void> = Promise.resolve();
  const request = listenForStop(environment['npm_lifecycle_event'] !== undefined, () => {
    say('! killing what still runs');
    installation?.kill();
  });
  const ports = keepPortList(home, knownPorts(settings, environment));
  try {
    await cleanHome(home, say);
    const context = { logs: home.logs, run: home.run, guardian, say, started: () => ports.refresh() };
    installation = createInstallation({ home, environment, programs: options.programs ?? BUILT, context, signal: request.signal });
    started = start(installation, { settings, home, ports, begun, options });
    await Promise.race([started, aborted(request.signal)]);
    if (!request.signal.aborted) await aborted(request.signal);
    say('… stopping: work in flight gets up to 20 s');
  } finally {
    await installation?.stop();
    // What was still under way gives up by itself; it is let clear its own things away.
    await Promise.race([started.catch(() => undefined), sleep(GIVES_UP_WITHIN_MS, undefined, { ref: false })]);
    guardian.dismiss();
    ports.close();
    leaveLogs();
    request.close();
    leaveHome();
  }
  say('✓ stopped');
}

interface StartFacts {
  readonly settings: UpSettings;
  readonly home: Home;
  readonly ports: PortList;
  readonly begun: number;
  readonly options: UpOptions;
}

async function start(installation: Installation, { settings, home, ports, begun, options }: StartFacts): Promise<void> {
  const { environment, say, print } = options;
  const { parts, host } = settings;
  if (options.servicesOnly) {
    const { environment: services, temporalUi } = await installation.startServices(parts);
    print({ ...services, ...(temporalUi === null ? {} : { temporal_ui: temporalUi }), ATELIER_PORTS_FILE: ports.file });
    return;
  }
  const port = await apiPort(home, host, settings.port);
  const origin = originOf(host, port);
  const lab = options.lab === true || settings.withLab ? await openLab(installation, settings, ports) : null;
  const configFile = lab?.configFile ?? settings.configFile;
  const config = configFacts(configFile, options.defaultConfig);
  const credentials: Credentials = writeCredentials({
    home,
    baseUrl: `${origin}/v1`,
    withSampleTeam: config.withSampleTeam,
    environment,
  });
  const { environment: services, temporalUi } = await installation.startServices(parts);
  const variables = childrenEnvironment({
    home,
    environment: { ...environment, ...lab?.environment },
    services,
    port,
    host,
    configFile: configFile ?? '',
    adminKey: credentials.admin_key,
    consolePassword: credentials.console_password,
    portsFile: ports.file,
    metricsPort: (await choosePorts(home, [WORKER_METRICS]))[WORKER_METRICS] ?? 0,
    sample: sampleVariables(credentials),
  });
  await installation.startRoles(variables, origin);
  const facts = {
    credentials,
    credentialsFile: credentialsFile(home),
    textModel: config.textModel,
    temporalUi,
    labKinds: lab?.kinds ?? [],
  };
  say(welcome({ ...facts, tookMs: Date.now() - begun }));
  // The password of a person is for reading in the file, not for a terminal's scroll-back.
  print({ ...credentials, console_password: undefined, credentials_file: facts.credentialsFile, temporal_ui: temporalUi });
}

/** @throws StartFailure when a configuration file was given: the lab brings its own */
async function openLab(installation: Installation, { configFile }: UpSettings, ports: PortList): Promise<RunningLab> {
  if (configFile !== null) {
    throw new StartFailure('The lab brings its own configuration: unset ATELIER_CONFIG, or start without --lab (ATELIER_LAB).');
  }
  const lab = await installation.startLab();
  ports.leaveOut(lab.ports);
  return lab;
}

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ports of parts whose address was given belong to the installation as well, and so does the api's, before it listens. */
function knownPorts(settings: UpSettings, environment: Environment): readonly number[] {
  const addresses = ['DATABASE_URL', 'S3_ENDPOINT', 'TEMPORAL_ADDRESS'].map((name) => environment[name] ?? '');
  const urls = addresses.map((address) => (address.includes('://') ? address : `tcp://${address}`)).filter((url) => URL.canParse(url));
  const given = urls.map((url) => Number(new URL(url).port)).filter((port) => port > 0);
  return settings.port === 0 ? given : [settings.port, ...given];
}
