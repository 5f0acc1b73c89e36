import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../failure';
import { startGuardian } from '../guardian';
import { ensureHome, homeAt, type Home } from '../home';
import { readJson, writePrivate } from '../json-file';
import { BUCKET } from '../parts/object-store';
import { postgresUrl } from '../parts/postgres';
import type { Environment } from '../process/spec';
import { cleanHome, runServices } from '../run-services';
import { masterKey, partSecrets } from '../secrets';
import { takeHome } from './home-lock';
import { readUpSettings } from './settings';

/** A home's database and object store, for a command that works on them directly. */
export interface OpenHome {
  /** The variables of the processes: ours, with what the home knows put in. */
  readonly environment: Environment;
  /** What `keys.json` of the home holds; null: there is none, or none of the parts is the home's. */
  readonly keys: string | null;
  /** Gives a restored home its keys, so that those that people have go on working. */
  keepKeys(text: string): void;
  close(): Promise<void>;
}

export interface OpenHomeOptions {
  readonly environment: Environment;
  readonly say: (line: string) => void;
  /** `existing`: an installation, running or not. `new`: one that is to be made, which must not run. */
  readonly home: 'existing' | 'new';
}

/**
 * Opens the home of an embedded installation: connects to its servers if they run, and starts them if they do not. Parts whose addresses the
 * environment gives are used as they are.
 * @throws StartFailure
 */
export async function openHome({ environment, say, home: kind }: OpenHomeOptions): Promise<OpenHome> {
  const { home: root, parts: lacking } = readUpSettings(environment);
  const parts = lacking.filter((part) => part !== 'temporal');
  if (parts.length === 0) return { environment, keys: null, keepKeys: () => undefined, close: () => Promise.resolve() };
  if (kind === 'existing' && !existsSync(join(root, 'secrets.json'))) {
    throw new StartFailure(
      `There is no installation in ${root}. Set ATELIER_HOME to its folder, or give DATABASE_URL, S3_ENDPOINT and the others.`,
    );
  }
  const key = masterKeyOf(environment);
  if (key === null) {
    const old = kind === 'new' ? "the old installation's master.key" : 'it';
    throw new StartFailure(`The master key is missing: copy ${old} to ${join(root, 'master.key')}, or set ATELIER_MASTER_KEY.`);
  }
  const home = ensureHome(root);
  const stop = kind === 'existing' ? tryTake(home) : takeHome(home);
  const known = {
    environment: { ...environment, ATELIER_HOME: home.root, ATELIER_MASTER_KEY: key },
    keys: readKeys(home),
    keepKeys: (text: string) => keepKeys(home, text),
  };
  if (stop === null) {
    const running = addressesOf(home);
    return { ...known, environment: { ...known.environment, ...pick(running, parts) }, close: () => Promise.resolve() };
  }
  const guardian = startGuardian();
  try {
    await cleanHome(home, say);
    const context = { logs: home.logs, run: home.run, guardian, say, started: () => undefined };
    const options = { home, environment, say, parts, durable: true, stop: new AbortController().signal };
    const services = await runServices(options, context);
    return {
      ...known,
      environment: { ...known.environment, ...services.environment },
      async close() {
        await services.stop();
        guardian.dismiss();
        stop();
      },
    };
  } catch (error) {
    guardian.dismiss();
    stop();
    throw error;
  }
}

/** Null: it runs. */
function tryTake(home: Home): (() => void) | null {
  try {
    return takeHome(home);
  } catch (error) {
    if (error instanceof StartFailure) return null;
    throw error;
  }
}

/** The master key that is given, or that of the home; null: neither is there. Never made here. */
export function masterKeyOf(environment: Environment): string | null {
  const given = environment['ATELIER_MASTER_KEY'] ?? '';
  if (given !== '') return given;
  const home = homeAt(readUpSettings(environment).home);
  return existsSync(join(home.root, 'master.key')) ? masterKey(home) : null;
}

function keysFile(home: Home): string {
  return join(home.root, 'keys.json');
}

function readKeys(home: Home): string | null {
  return existsSync(keysFile(home)) ? readFileSync(keysFile(home), 'utf8') : null;
}

function keepKeys(home: Home, text: string): void {
  if (readKeys(home) === null) writePrivate(keysFile(home), text);
}

type Addresses = Readonly<Record<'postgres' | 's3', Readonly<Record<string, string>>>>;

function addressesOf(home: Home): Addresses {
  const secrets = partSecrets(home);
  const ports = (readJson(join(home.root, 'ports.json')) ?? {}) as Readonly<Record<string, number>>;
  return {
    postgres: { DATABASE_URL: postgresUrl({ port: ports['postgres'] ?? 0, password: secrets.postgresPassword }) },
    s3: {
      S3_ENDPOINT: `http://127.0.0.1:${String(ports['s3.s3'] ?? 0)}`,
      S3_BUCKET: BUCKET,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
      S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
    },
  };
}

function pick(addresses: Addresses, parts: readonly ('postgres' | 's3')[]): Record<string, string> {
  return Object.assign({}, ...parts.map((part) => addresses[part])) as Record<string, string>;
}
