import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import type { createDatabase as createDatabaseType } from '../../adapters/db';
import { type Part, type RunningServices, cleanHome, ensureHome, runServices, startGuardian } from '../../adapters/embedded';
import { productionParts } from './production';
import { SUITE, TEMPLATE_DATABASE } from './suite-environment';

const ALL_PARTS: readonly Part[] = ['postgres', 's3', 'temporal'];

/** Starts the servers that all tests share. `ATELIER_TEST_SERVICES=postgres,s3` starts only those, `none` starts nothing. */
export default async function globalSetup(): Promise<void> {
  const given = productionParts();
  if (given !== null) {
    tellTests(given.run, given);
    await prepareTemplateOrSay(given.databaseUrl);
    return;
  }
  const wanted = (process.env['ATELIER_TEST_SERVICES'] ?? ALL_PARTS.join(',')).split(',');
  const parts = ALL_PARTS.filter((part) => wanted.includes(part));
  if (parts.length === 0) return;
  const home = ensureHome(mkdtempSync(join(tmpdir(), 'atelier-test-')));
  const guardian = startGuardian(compiledGuardian(home.run));
  const leave = async (): Promise<void> => {
    guardian.dismiss();
    await Promise.resolve();
    rmSync(home.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    await cleanHome(home, () => undefined);
    const say = (line: string): void => {
      if (!line.startsWith('✓')) process.stderr.write(`${line}\n`);
    };
    const context = { logs: home.logs, run: home.run, guardian, say, started: () => undefined };
    const services = await runServices(
      { home, environment: process.env, say, parts, durable: false, stop: new AbortController().signal },
      context,
    );
    tellTests(home.root, addressesOf(services));
    globalThis.stopSuiteServices = async () => {
      await services.stop();
      await leave();
    };
    if (parts.includes('postgres')) await prepareTemplateOrSay(services.environment['DATABASE_URL'] ?? '');
  } catch (error) {
    await globalThis.stopSuiteServices?.();
    await leave();
    throw error;
  }
}

type Addresses = {
  readonly [Name in 'databaseUrl' | 'temporalAddress' | 's3Endpoint' | 's3AccessKeyId' | 's3SecretAccessKey']: string | undefined;
};

function addressesOf({ environment }: RunningServices): Addresses {
  return {
    databaseUrl: environment['DATABASE_URL'],
    temporalAddress: environment['TEMPORAL_ADDRESS'],
    s3Endpoint: environment['S3_ENDPOINT'],
    s3AccessKeyId: environment['S3_ACCESS_KEY_ID'],
    s3SecretAccessKey: environment['S3_SECRET_ACCESS_KEY'],
  };
}

function tellTests(root: string, addresses: Addresses): void {
  process.env[SUITE.home] = root;
  for (const name of ['databaseUrl', 'temporalAddress', 's3Endpoint', 's3AccessKeyId', 's3SecretAccessKey'] as const) {
    const value = addresses[name];
    if (value !== undefined) process.env[SUITE[name]] = value;
  }
}

/** The guardian is a process of its own and must be JavaScript; the suite does not wait for a build. */
function compiledGuardian(folder: string): string {
  const source = join(__dirname, '../../adapters/embedded/guardian/main.ts');
  const { code } = transformFileSync(source, { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'guardian.cjs');
  writeFileSync(file, code);
  return file;
}

/** Tests that need no database still run when a migration is broken; those that do fail with its message. */
async function prepareTemplateOrSay(adminUrl: string): Promise<void> {
  await prepareTemplate(adminUrl).catch((error: unknown) => {
    process.env[SUITE.templateFault] = error instanceof Error ? error.message : String(error);
  });
}

/** Migrates one database, which tests then copy in some milliseconds. */
async function prepareTemplate(adminUrl: string): Promise<void> {
  if (!existsSync(join(__dirname, '../../adapters/db/index.ts'))) return;
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  // Given servers may have served an earlier run.
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  const url = new URL(adminUrl);
  url.pathname = `/${TEMPLATE_DATABASE}`;
  // Not a static import: tests of other parts run while the database adapter does not compile.
  const { createDatabase } = createRequire(__filename)('../../adapters/db') as { createDatabase: typeof createDatabaseType };
  const database = createDatabase({ url: url.href, poolMax: 2, applicationName: 'atelier test template' });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
}

declare global {
  var stopSuiteServices: (() => Promise<void>) | undefined;
}
