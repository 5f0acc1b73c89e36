import { join } from 'node:path';
import type { Environment } from '../process/spec';
import type { Home } from '../home';
import { writePrivate } from '../json-file';
import { masterKey } from '../secrets';
import { CONSOLE_EMAIL } from './credentials';

export interface ChildrenEnvironmentRequest {
  readonly home: Home;
  /** Ours, which is passed on: it holds the values of the configuration's references. */
  readonly environment: Environment;
  /** How to reach the embedded parts. */
  readonly services: Readonly<Record<string, string>>;
  readonly port: number;
  readonly host: string;
  /** Empty: none. */
  readonly configFile: string;
  readonly adminKey: string;
  /** Of the first admin, `CONSOLE_EMAIL`. */
  readonly consolePassword: string;
  readonly portsFile: string;
  /** Where the worker tells its metrics. */
  readonly metricsPort: number;
  readonly sample: Readonly<Record<string, string>>;
}

/** The environment of api and worker: ours, completed by what the embedded default knows. */
export function childrenEnvironment(request: ChildrenEnvironmentRequest): Environment {
  const { home, environment, services } = request;
  const given = (name: string, otherwise: string): string => {
    const value = environment[name];
    return value === undefined || value === '' ? otherwise : value;
  };
  return {
    // The libraries' warnings about the version of Node say nothing to the reader of a log.
    NODE_NO_WARNINGS: '1',
    ...environment,
    ...services,
    ...temporalProfile(home, services),
    ...request.sample,
    PORT: String(request.port),
    HOST: request.host,
    ATELIER_HOME: home.root,
    ATELIER_CONFIG: request.configFile,
    ATELIER_ADMIN_KEY: request.adminKey,
    ATELIER_ADMIN_EMAIL: CONSOLE_EMAIL,
    ATELIER_ADMIN_PASSWORD: request.consolePassword,
    ATELIER_MASTER_KEY: given('ATELIER_MASTER_KEY', masterKey(home)),
    ATELIER_ALLOW_LOOPBACK: given('ATELIER_ALLOW_LOOPBACK', 'true'),
    ATELIER_PORTS_FILE: request.portsFile,
    ATELIER_METRICS_PORT: given('ATELIER_METRICS_PORT', String(request.metricsPort)),
  };
}

/** A profile in the user's own Temporal configuration (TLS, API key) is not meant for the embedded server. */
function temporalProfile(home: Home, services: Readonly<Record<string, string>>): Record<string, string> {
  const address = services['TEMPORAL_ADDRESS'];
  if (address === undefined) return {};
  const file = join(home.temporal, 'client.toml');
  writePrivate(file, `[profile.default]\naddress = "${address}"\nnamespace = "default"\n`);
  return { TEMPORAL_CONFIG_FILE: file };
}
