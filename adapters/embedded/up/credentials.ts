import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../process/spec';
import type { Home } from '../home';
import { parseTexts, readKept, writeJson } from '../json-file';

/** The sample team's variables in the default configuration; the values live in credentials.json. */
export const SAMPLE_VARIABLES = {
  production: 'ATELIER_SAMPLE_KEY_PRODUCTION',
  test: 'ATELIER_SAMPLE_KEY_TEST',
  script: 'ATELIER_SAMPLE_KEY_SCRIPT',
  personal: 'ATELIER_SAMPLE_KEY_PERSONAL',
  callbackSecret: 'ATELIER_SAMPLE_CALLBACK_SECRET',
} as const;

export const SAMPLE_TEAM = 'sample';

export interface SampleKeys {
  readonly production: string;
  readonly test: string;
  readonly script: string;
  readonly personal: string;
}

/** What `credentials.json` says: how to reach the installation and with which keys. */
export interface Credentials {
  readonly base_url: string;
  readonly admin_key: string;
  /** null when the configuration names teams of its own: then no sample team is made. */
  readonly team: string | null;
  readonly keys: SampleKeys | Record<string, never>;
  readonly callback_secret: string | null;
  /** Of `CONSOLE_EMAIL`, as it was made; the person may have chosen another one since. */
  readonly console_password: string;
}

/** The first admin of an installation that makes its own. */
export const CONSOLE_EMAIL = 'admin@atelier.local';

/** The keys an installation makes for itself; kept in the home whether they are in use or not. */
interface MadeKeys {
  readonly adminKey: string;
  readonly sample: SampleKeys;
  readonly callbackSecret: string;
  readonly consolePassword: string;
}

export interface CredentialsRequest {
  readonly home: Home;
  readonly baseUrl: string;
  readonly withSampleTeam: boolean;
  readonly environment: Environment;
}

/** Where the credentials of a home are. */
export function credentialsFile(home: Home): string {
  return join(home.root, 'credentials.json');
}

/** Writes `credentials.json`; keys stay the same over restarts. An ATELIER_ADMIN_KEY that was given is the admin key. */
export function writeCredentials({ home, baseUrl, withSampleTeam, environment }: CredentialsRequest): Credentials {
  const made = madeKeys(home);
  const given = environment['ATELIER_ADMIN_KEY'];
  const credentials: Credentials = {
    base_url: baseUrl,
    admin_key: given === undefined || given === '' ? made.adminKey : given,
    team: withSampleTeam ? SAMPLE_TEAM : null,
    keys: withSampleTeam ? made.sample : {},
    callback_secret: withSampleTeam ? made.callbackSecret : null,
    console_password: made.consolePassword,
  };
  writeJson(credentialsFile(home), credentials);
  return credentials;
}

/** The variables by which the sample team's configuration refers to its secrets. */
export function sampleVariables({ keys, callback_secret }: Credentials): Record<string, string> {
  const { production, test, script, personal } = SAMPLE_VARIABLES;
  if (callback_secret === null || !('production' in keys)) return {};
  return {
    [production]: keys.production,
    [test]: keys.test,
    [script]: keys.script,
    [personal]: keys.personal,
    [SAMPLE_VARIABLES.callbackSecret]: callback_secret,
  };
}

function madeKeys(home: Home): MadeKeys {
  const file = join(home.root, 'keys.json');
  const kept = readKept({ file, holds: 'the admin key and the keys of the sample team', parse: parseMadeKeys });
  if (kept?.consolePassword !== undefined) return { ...kept, consolePassword: kept.consolePassword };
  const made: MadeKeys = {
    consolePassword: randomBytes(12).toString('base64url'),
    adminKey: makeKey(),
    sample: { production: makeKey(), test: makeKey(), script: makeKey(), personal: makeKey() },
    callbackSecret: `whsec_${randomBytes(24).toString('base64')}`,
    // A home from before people signed in keeps its keys.
    ...kept,
  };
  writeJson(file, made);
  return made;
}

type KeptKeys = Omit<MadeKeys, 'consolePassword'> & Partial<Pick<MadeKeys, 'consolePassword'>>;

function parseMadeKeys(text: string): KeptKeys | null {
  const keys = parseTexts(text, ['adminKey', 'callbackSecret']) as KeptKeys | null;
  const sample: unknown = keys?.sample;
  return keys !== null && parseTexts(JSON.stringify(sample ?? null), ['production', 'test', 'script', 'personal']) !== null ? keys : null;
}

function makeKey(): string {
  return `sk-atelier-${randomBytes(24).toString('hex')}`;
}
