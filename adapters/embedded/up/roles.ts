import { httpStatus } from '../parts/probes';
import { plainEnvironment, type Environment, type ProcessSpec } from '../process/spec';

/** The programs of the installation itself, as paths of JavaScript files. */
export interface Programs {
  /** Run to its end with the argument `up` before anything else: migrates and applies the configuration. */
  readonly prepare: string;
  readonly worker: string;
  readonly api: string;
  /** Servers that imitate vendors; absent where they are not part of the build. */
  readonly lab?: string;
}

/** For the end itself, beyond the time that work in flight gets to drain: a little more than a process gives itself. */
const ENDS_WITHIN_MS = 10_000;
const DRAINS_WITHIN_MS = 20_000;

function stopWithinMs(environment: Environment): number {
  const given = (name: string, usual: number): number => {
    const value = Number(environment[name]);
    return value >= 0 && environment[name] !== '' ? value : usual;
  };
  return given('ATELIER_DRAIN_GRACE_MS', 0) + given('ATELIER_DRAIN_MS', DRAINS_WITHIN_MS) + ENDS_WITHIN_MS;
}

const node = {
  command: process.execPath,
  word: 'atelier',
  kind: 'node',
  stopSignal: 'SIGTERM',
  readyWithinMs: 60_000,
} as const;

/** The worker: it serves once it runs; whether it polls is what the api's /readyz says. */
export function workerSpec(program: string, environment: Environment): ProcessSpec {
  return {
    ...node,
    name: 'worker',
    title: 'Worker',
    niceness: 4,
    stopWithinMs: stopWithinMs(environment),
    args: processArguments('worker', program),
    environment,
    isReady: () => Promise.resolve(true),
  };
}

/** The api, ready when it answers; a part that is down is no reason to start it anew. */
export function apiSpec(program: string, environment: Environment, origin: string): ProcessSpec {
  const isReady = async (): Promise<boolean> => (await httpStatus(`${origin}/healthz`)) === 200;
  return {
    ...node,
    stopWithinMs: stopWithinMs(environment),
    name: 'api',
    title: 'Api',
    args: processArguments('api', program),
    // The port is the worker's; the api tells its metrics where it serves.
    environment: { ...environment, ATELIER_METRICS_PORT: '' },
    where: origin,
    isReady,
  };
}

export interface LabFacts {
  readonly environment: Environment;
  readonly ports: Readonly<Record<string, number>>;
  /** It writes its configuration there before it serves. */
  readonly file: string;
}

/** The lab: servers that imitate vendors, ready when all of them answer. */
export function labSpec(program: string, { environment, ports, file }: LabFacts): ProcessSpec {
  return {
    ...node,
    name: 'lab',
    title: 'Lab',
    niceness: 4,
    stopWithinMs: 2_000,
    args: processArguments('lab', program),
    environment: { ...plainEnvironment(environment), ATELIER_LAB_PORTS: JSON.stringify(ports), ATELIER_LAB_FILE: file },
    isReady: async () => {
      const statuses = await Promise.all(Object.values(ports).map((port) => httpStatus(`http://127.0.0.1:${port}/`)));
      return statuses.every((status) => status !== null);
    },
  };
}

/** `--title` names the process from its first moment; its main names it again, where the system has cut the title short. */
function processArguments(role: string, program: string): readonly string[] {
  return [`--title=atelier ${role}`, program];
}
