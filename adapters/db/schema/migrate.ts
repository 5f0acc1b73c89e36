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

/** A table that is there while a backup is being restored: what stands in the database is then no installation yet. */
export const RESTORE_MARK = 'restore_unfinished';

/** The migrations of this code, in order. */
export async function knownMigrations(): Promise<readonly string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
}

/** @param through - only these, for a database that is to be filled with rows of that time */
const sourceOf = (through: readonly string[] | null): Knex.MigrationSource<string> => ({
  getMigrations: async () => (await knownMigrations()).filter((name) => through === null || through.includes(name)),
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
});

export interface MigrateOptions {
  /** Only these migrations, all of this code's functions that can be made with them; for a restore. */
  readonly through?: readonly string[];
  /** The restore itself: its mark is no reason to refuse. */
  readonly isRestore?: boolean;
}

/** Refuses what a restore that was cut short has left. */
async function refuseUnfinished(transaction: Knex.Transaction): Promise<void> {
  if (!(await transaction.schema.hasTable(RESTORE_MARK))) return;
  throw new AppError(
    'conflict',
    'A backup was being restored into this database and did not come to its end. Restore it again, into an empty database.',
  );
}

/** Refuses a database that another version has migrated: this code does not know what changed. */
async function refuseNewer(transaction: Knex.Transaction): Promise<void> {
  if (!(await transaction.schema.hasTable('knex_migrations'))) return;
  const known = new Set(await knownMigrations());
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
export async function migrate(url: string, { through, isRestore = false }: MigrateOptions = {}): Promise<void> {
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
      if (!isRestore) await refuseUnfinished(transaction);
      const functions = await planFunctions(transaction);
      await functions.createPossible();
      await transaction.migrate.latest({ migrationSource: sourceOf(through ?? null), disableMigrationsListValidation: true });
      // Functions may name tables of migrations that are still to come: then they wait for these.
      if (through === undefined) await functions.finish();
      else await functions.createPossible();
    });
  } catch (error) {
    throw translate(error);
  } finally {
    await database.destroy();
  }
}
