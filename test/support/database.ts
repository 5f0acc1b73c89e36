import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { SUITE, TEMPLATE_DATABASE, suiteValue } from './suite-environment';

/** A database of its own; `url` is there once `beforeAll` has run. */
export interface TestDatabase {
  readonly url: string;
}

/** Gives the test file (or `describe`) a fresh, migrated database, dropped afterwards. */
export function useDatabase(): TestDatabase {
  let url: string | undefined;
  beforeAll(async () => {
    url = await createTestDatabase();
  });
  afterAll(async () => {
    if (url !== undefined) await dropTestDatabase(url);
  });
  return {
    get url() {
      if (url === undefined) throw new Error('The database is made in beforeAll: read its url inside a test or hook.');
      return url;
    },
  };
}

/** Copies the migrated template; takes some 50 ms. */
export async function createTestDatabase(): Promise<string> {
  const fault = process.env[SUITE.templateFault];
  if (fault !== undefined) throw new Error(`The template database could not be migrated: ${fault}`);
  return createFrom(TEMPLATE_DATABASE);
}

/** One that nobody has migrated. */
export function createEmptyDatabase(): Promise<string> {
  return createFrom('template0');
}

async function createFrom(template: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = new URL(suiteValue('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, with whoever is still connected to it. */
export async function dropTestDatabase(url: string): Promise<void> {
  await asAdmin(async (admin) => {
    await admin.query(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  });
}

async function asAdmin(work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: suiteValue('databaseUrl') });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
