import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from './deps';
import { CliFailure } from './failure';
import { asObject, asText, parseJson, type JsonObject } from './json-value';

/** `admin`: administers; `team`: generates. */
export type Audience = 'admin' | 'team';

/** The options by which a command names an installation. */
export interface InstallationFlags {
  readonly baseUrl?: string;
  readonly key?: string;
  readonly credential?: string;
}

/** An installation to speak to, and with which key. */
export interface Installation {
  readonly baseUrl: string;
  readonly key: string;
  /** The sample team, when the installation was found by its home and has one. */
  readonly team: string | null;
}

/**
 * Finds the installation: by options, else by the environment, else by the credentials in ATELIER_HOME. A key of the home goes
 * only to the home's own address.
 * @throws CliFailure `not_configured` that names the ways
 */
export function findInstallation(flags: InstallationFlags, environment: Environment, audience: Audience): Installation {
  const home = readHome(environment);
  const credential = flags.credential;
  const environmentKey = credential === undefined ? keyOfEnvironment(environment, audience) : null;
  const given = credential === undefined ? [flags.baseUrl, environment['ATELIER_BASE_URL']] : [flags.baseUrl];
  const baseUrl = given.map(filled).find((url) => url !== null) ?? asText(home.document?.['base_url']);
  const key = filled(flags.key) ?? environmentKey ?? (isHome(baseUrl, home.document) ? homeKey(home, audience, credential) : null);
  if (baseUrl !== null && key !== null) return { baseUrl, key, team: asText(home.document?.['team']) };
  throw notFound(baseUrl, home.file, audience);
}

interface HomeFile {
  readonly file: string;
  /** null when there is none. */
  readonly document: JsonObject | null;
}

function readHome(environment: Environment): HomeFile {
  const file = join(resolve(filled(environment['ATELIER_HOME']) ?? '.atelier'), 'credentials.json');
  try {
    return { file, document: asObject(parseJson(readFileSync(file, 'utf8'))) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { file, document: null };
    throw new CliFailure(
      `${file} cannot be read (${code ?? 'unreadable'}).`,
      { code: 'not_configured', advice: ['Run the command as the user who ran `npm start`, or give --base-url and --key.'] },
      error,
    );
  }
}

function keyOfEnvironment(environment: Environment, audience: Audience): string | null {
  const admin = audience === 'admin' ? filled(environment['ATELIER_ADMIN_KEY']) : null;
  return admin ?? filled(environment['ATELIER_KEY']);
}

function homeKey({ file, document }: HomeFile, audience: Audience, credential: string | undefined): string | null {
  if (document === null) return null;
  if (audience === 'admin' && credential === undefined) return asText(document['admin_key']);
  const keys = asObject(document['keys']) ?? {};
  const key = asText(keys[credential ?? 'production']);
  if (key !== null) return key;
  const names = Object.keys(keys).join(', ');
  const missing = credential === undefined ? 'no key of a team' : `no key named "${credential}"`;
  throw new CliFailure(`${file} holds ${missing}${names === '' ? ': the configuration defines teams of its own' : ''}.`, {
    code: 'not_configured',
    advice: [
      names === ''
        ? "Give one of your configuration's keys by --key or ATELIER_KEY, or make one: atelier keys create NAME --team TEAM --class test."
        : `Names there: ${names}.`,
    ],
  });
}

function isHome(baseUrl: string | null, document: JsonObject | null): boolean {
  const own = asText(document?.['base_url']);
  return baseUrl !== null && own !== null && rootOf(own) === rootOf(baseUrl);
}

function notFound(baseUrl: string | null, file: string, audience: Audience): CliFailure {
  const key = audience === 'admin' ? 'ADMIN_KEY' : 'KEY';
  const message =
    baseUrl === null
      ? 'No installation of Atelier given, and there is none in this folder.'
      : `There is no key for ${baseUrl}: keys of ${file} go to their own address only.`;
  return new CliFailure(message, {
    code: 'not_configured',
    advice: [
      `Options: --base-url http://127.0.0.1:4000/v1 --key ${key}`,
      `Environment: ATELIER_BASE_URL=http://127.0.0.1:4000/v1 and ATELIER_KEY=${key}`,
      `Home: start one with \`npm start\`, or set ATELIER_HOME to its folder (looked for ${file}).`,
    ],
  });
}

function rootOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** An empty variable counts as not given. */
function filled(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}
