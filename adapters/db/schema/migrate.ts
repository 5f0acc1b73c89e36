import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import knex from 'knex';
import type { Knex } from 'knex';
import { AppError } from '../../../domain/errors';
import { translate } from '../connection/sqlstate';
import { planFunctions } from './functions';

/** Plain SQL beside this file: in the source as in the build. */
const FOLDER = join(__dirname, 'migrations');

/** Any number will do as long as all versions of the project use it. */
const ADVISORY_LOCK = 4_715_062_001;

const source: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const text = await readFile(join(FOLDER, name), 'utf8');
    return {
      // Sent as it is, without knex looking for `?` in it.
      up: async (transaction) => {
        await transaction.raw(text.replaceAll('?', '\\?'));
      },
      down: () => Promise.reject(new Error('Migrations only go forward.')),
    };
  },
};

/** Refuses a database that another version has migrated: this code does not know what changed. */
async function refuseNewer(transaction: Knex.Transaction): Promise<void> {
  if (!(await transaction.schema.hasTable('knex_migrations'))) return;
  const known = new Set(await source.getMigrations([]));
  const done = await transaction<{ name: string }>('knex_migrations').pluck<string[]>('name');
  const unknown = done.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError(
    'conflict',
    `The database was migrated by a newer version (${unknown.join(', ')}). Start that version, or restore a backup made before it.`,
  );
}

/**
 * Brings the schema up to date: tables by the migrations that have not run, functions by their current text. All of it or nothing.
 * Several processes may do it at once: one migrates, the others wait and find nothing to do.
 * @throws AppError `conflict` when the database is newer than this code, `service_unavailable` when it does not answer
 */
export async function migrate(url: string): Promise<void> {
  // What goes wrong is thrown; knex would also print it.
  const log = { debug: () => undefined, warn: () => undefined, error: () => undefined, deprecate: () => undefined };
  const database = knex({
    log,
    client: 'pg',
    connection: { connectionString: url, connectionTimeoutMillis: 5_000 },
    pool: { min: 0, max: 1 },
  });
  try {
    // The lock lives as long as its transaction, so a migrator that dies leaves nothing behind.
    await database.transaction(async (transaction) => {
      await transaction.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
      await refuseNewer(transaction);
      const functions = await planFunctions(transaction);
      await functions.createPossible();
      await transaction.migrate.latest({ migrationSource: source, disableMigrationsListValidation: true });
      await functions.finish();
    });
  } catch (error) {
    throw translate(error);
  } finally {
    await database.destroy();
  }
}
