import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartFailure, messageOf } from '../failure';
import type { Home } from '../home';
import { writePrivate } from '../json-file';
import { choosePorts } from '../ports';
import { plainEnvironment, type Environment } from '../process/spec';
import { type SuperviseContext, type Supervised, seconds, supervise } from '../process/supervise';
import { labSpec } from './roles';

/** A lab that serves, and what api and worker need to use it. */
export interface RunningLab {
  /** Vendors that it imitates. */
  readonly kinds: readonly string[];
  readonly ports: readonly number[];
  /** Its providers and models beside those of the sandbox. */
  readonly configFile: string;
  /** Its keys, to which the configuration refers. They open nothing. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LabOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly program: string | undefined;
  readonly context: SuperviseContext;
  readonly signal: AbortSignal;
  /** Told the process before it starts, so that it can be stopped. */
  readonly planned: (one: Supervised) => void;
}

/** Starts the lab on ports that are remembered in the home. @throws StartFailure */
export async function startLab({ home, environment, program, context, signal, planned }: LabOptions): Promise<RunningLab> {
  if (program === undefined || !existsSync(program)) {
    throw new StartFailure('The lab is not part of this build: it runs in a checkout of the source, with `npm start -- --lab`.');
  }
  const kinds = await kindsOf(program, environment);
  const nameOf = (kind: string) => `lab-${kind}`;
  const remembered = await choosePorts(home, kinds.map(nameOf));
  const ports = Object.fromEntries(kinds.map((kind) => [kind, remembered[nameOf(kind)] ?? 0]));
  const file = join(home.run, 'lab.json');
  if (signal.aborted) throw new StartFailure('Stopped while starting.');
  const one = supervise(labSpec(program, { environment, ports, file }), context);
  planned(one);
  const took = await one.start();
  context.say(`✓ Lab ready: simulated servers of ${kinds.join(', ')} (${seconds(took)})`);
  const { configuration, variables } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly configuration: string;
    readonly variables: Readonly<Record<string, string>>;
  };
  const configFile = join(home.root, 'lab.yaml');
  writePrivate(configFile, configuration);
  return { kinds, ports: Object.values(ports), configFile, environment: variables };
}

async function kindsOf(program: string, environment: Environment): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'kinds'], { env: { ...plainEnvironment(environment) } });
    return JSON.parse(stdout) as readonly string[];
  } catch (error) {
    throw new StartFailure(`The lab cannot be started: ${messageOf(error)}`, error);
  }
}
