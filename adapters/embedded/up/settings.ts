import { resolve } from 'node:path';
import type { Environment } from '../process/spec';
import { StartFailure } from '../failure';
import type { Part } from '../services';

/** What `atelier up` is told by its environment. */
export interface UpSettings {
  readonly home: string;
  /** 0: a free one, remembered in the home. */
  readonly port: number;
  readonly host: string;
  /** The operator's configuration file; null: none. */
  readonly configFile: string | null;
  /** The lab is to run, by the environment. */
  readonly withLab: boolean;
  /** The parts whose address was not given. */
  readonly parts: readonly Part[];
}

const GIVEN_BY: Readonly<Record<Part, readonly string[]>> = {
  postgres: ['DATABASE_URL'],
  s3: ['S3_ENDPOINT'],
  temporal: ['TEMPORAL_ADDRESS', 'TEMPORAL_CONFIG_FILE', 'TEMPORAL_PROFILE'],
};

/** An empty variable counts as not given. */
function valueOf(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

function readFlag(environment: Environment, name: string): boolean {
  const value = valueOf(environment, name) ?? '0';
  if (!['0', '1', 'false', 'true'].includes(value)) throw new StartFailure(`${name} must be 1 or 0, not "${value}".`);
  return value === '1' || value === 'true';
}

/** @throws StartFailure for a PORT that is none, an ATELIER_LAB that is no flag */
export function readUpSettings(environment: Environment): UpSettings {
  const port = Number(valueOf(environment, 'PORT') ?? 4000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartFailure(`PORT must be a whole number from 0 to 65535, not "${environment['PORT'] ?? ''}".`);
  }
  const configFile = valueOf(environment, 'ATELIER_CONFIG');
  return {
    home: resolve(valueOf(environment, 'ATELIER_HOME') ?? '.atelier'),
    port,
    host: valueOf(environment, 'HOST') ?? '127.0.0.1',
    configFile: configFile === undefined ? null : resolve(configFile),
    withLab: readFlag(environment, 'ATELIER_LAB'),
    parts: (Object.keys(GIVEN_BY) as Part[]).filter((part) => GIVEN_BY[part].every((name) => valueOf(environment, name) === undefined)),
  };
}

/** Host and port as part of a URL; an address that means "all" is reached by loopback. */
export function originOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
