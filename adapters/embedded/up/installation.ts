import { spawn } from 'node:child_process';
import { StartFailure } from '../failure';
import type { Home } from '../home';
import { httpStatus } from '../parts/probes';
import type { Environment } from '../process/spec';
import { type SuperviseContext, type Supervised, seconds, supervise } from '../process/supervise';
import { type RunningServices, runServices } from '../run-services';
import type { Part } from '../services';
import { type RunningLab, startLab } from './lab';
import { type Programs, apiSpec, workerSpec } from './roles';

const READY_WITHIN_MS = 90_000;
const ASK_READY_EVERY_MS = 100;

/** The processes of one installation, in the order they are started. */
export interface Installation {
  /** Starts the chosen servers. @throws StartFailure */
  startServices(parts: readonly Part[]): Promise<RunningServices>;
  /** Starts the lab. @throws StartFailure when it cannot be started or is not part of this build */
  startLab(): Promise<RunningLab>;
  /** Migrates, applies the configuration, starts worker and api; resolves when /readyz says so. @throws StartFailure */
  startRoles(environment: Environment, origin: string): Promise<void>;
  /** Api and worker drain first, then the servers end. */
  stop(): Promise<void>;
  kill(): void;
}

export interface InstallationOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly programs: Programs;
  readonly context: SuperviseContext;
  /** Aborted when a stop is asked for. */
  readonly signal: AbortSignal;
}

export function createInstallation({ home, environment, programs, context, signal }: InstallationOptions): Installation {
  const servers: Supervised[] = [];
  const roles: Supervised[] = [];
  const { say } = context;
  return {
    startServices: async (parts) => {
      const planned = (one: Supervised): void => {
        if (signal.aborted) throw new StartFailure('Stopped while starting.');
        servers.push(one);
      };
      const options = { home, environment, say, parts, durable: true, stop: signal, planned };
      return runServices(options, context);
    },
    startLab: () => startLab({ home, environment, program: programs.lab, context, signal, planned: (one) => servers.push(one) }),
    startRoles: async (variables, origin) => {
      const begun = Date.now();
      await runPreparation(programs.prepare, variables, signal);
      say(`✓ database migrated, configuration applied (${seconds(Date.now() - begun)})`);
      const started = [workerSpec(programs.worker, variables), apiSpec(programs.api, variables, origin)].map((spec) =>
        supervise(spec, context),
      );
      roles.push(...started);
      const ready = Date.now();
      await Promise.all(started.map((one) => one.start()));
      await untilReady(origin, signal);
      say(`✓ Api and worker ready on ${origin} (${seconds(Date.now() - ready)})`);
    },
    stop: async () => {
      await Promise.all(roles.map((one) => one.stop()));
      await Promise.all(servers.map((one) => one.stop()));
    },
    kill: () => {
      for (const one of [...roles, ...servers]) one.kill();
    },
  };
}

async function untilReady(origin: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while ((await httpStatus(`${origin}/readyz`)) !== 200) {
    if (signal.aborted) throw new StartFailure('Stopped while starting.');
    if (Date.now() >= deadline)
      throw new StartFailure(`The installation was not ready within ${READY_WITHIN_MS / 1000} s: ${await missing(origin)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_READY_EVERY_MS));
  }
}

async function missing(origin: string): Promise<string> {
  try {
    return await (await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(5_000) })).text();
  } catch {
    return 'the api is not responding';
  }
}

const SHOWN_LINES = 40;

/** Runs the program that migrates the database and applies the configuration. @throws StartFailure with what it said last */
async function runPreparation(program: string, environment: Environment, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [program, 'up'], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      said.push(text);
    });
  }
  const how = await new Promise<string | null>((resolve) => {
    child.once('close', (code, ended) => resolve(code === 0 ? null : (ended ?? `code ${code ?? '?'}`)));
    child.once('error', (error) => resolve(error.message));
  });
  if (how === null) return;
  const lines = said.join('').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new StartFailure(`The database could not be prepared or the configuration not applied (${how}):\n${lines}`);
}
