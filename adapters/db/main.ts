import { createDatabase, type Database } from '.';
import { BY_CONFIG_FILE } from '../../domain/audit/act';
import type { ApplyReport, ConfigDocument } from '../../domain/config/document';
import { toAppError } from '../../domain/errors';
import { loadConfiguration } from '../config';
import { loadSettings } from '../config/settings';
import { createPasswordHasher } from '../identity/passwords';
import { createLogger } from '../log';
import { awaitPart } from '../process/await-part';
import { createSecrets } from '../secrets';
import { createCatalogueStore } from './catalogue';

/** `migrate`: brings the schema up to date. `up` (default): also applies the configuration file, or the sandbox without one. */
async function main(command: string): Promise<void> {
  if (command !== 'migrate' && command !== 'up') {
    throw new Error(`There is no command ${JSON.stringify(command)}: use migrate or up.`);
  }
  const settings = loadSettings(process.env);
  const database = createDatabase({ url: settings.databaseUrl, poolMax: 2, applicationName: 'atelier migrate' });
  try {
    // A Postgres that starts beside this command may come later, as for api and worker.
    const logger = createLogger({ level: settings.logLevel, name: 'migrate' });
    await awaitPart('Postgres', () => database.migrate(), logger);
    process.stdout.write('The database is up to date.\n');
    if (command === 'migrate') return;
    const document = await loadConfiguration(settings.configFile, process.env);
    const store = createCatalogueStore(database, createSecrets(settings.masterKey, settings.previousMasterKey));
    const report = await database.acts.run(BY_CONFIG_FILE, () => store.apply(document));
    process.stdout.write(`${describeReport(report)}\n`);
    if (settings.firstAdmin !== null && (await makeFirstAdmin(database, settings.firstAdmin, document))) {
      process.stdout.write(`${settings.firstAdmin.email} is an admin.\n`);
    }
  } finally {
    await database.close();
  }
}

/**
 * Makes somebody an admin, who also manages the configuration's only team. Whoever exists already is left alone: a password that was
 * changed stays changed, and a person who was disabled stays so.
 */
async function makeFirstAdmin(
  { people, passwordStore }: Database,
  { email, password }: { readonly email: string; readonly password: string },
  { teams }: ConfigDocument,
): Promise<boolean> {
  const known = await people.findByEmail(email);
  if (known !== null && (known.hasPassword || known.signsInByOidc)) return false;
  const [only] = teams.length === 1 ? teams : [];
  const memberships = only === undefined ? [] : [{ name: only.name, role: 'manager' as const }];
  const user =
    known ?? (await people.create({ email, name: 'Admin', organisationRole: 'admin', teams: memberships }).catch(nullIfConflict));
  // Another migration at the same moment made them.
  if (user === null) return false;
  await passwordStore.set(user.id, await createPasswordHasher().hash(password));
  return true;
}

function nullIfConflict(error: unknown): null {
  if (toAppError(error).code === 'conflict') return null;
  throw error;
}

function describeReport({ version, created, updated, disabled, unchanged }: ApplyReport): string {
  const counts = `${created.length} created, ${updated.length} updated, ${disabled.length} disabled, ${unchanged.length} unchanged`;
  return `The configuration is applied (version ${version}): ${counts}.`;
}

main(process.argv[2] ?? 'up').catch((error: unknown) => {
  const known = toAppError(error);
  process.stderr.write(`${known.code === 'internal' && error instanceof Error ? error.message : known.message}\n`);
  process.exitCode = 1;
});
