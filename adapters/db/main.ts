import { createDatabase } from '.';
import type { ApplyReport } from '../../domain/config/document';
import { toAppError } from '../../domain/errors';
import { loadConfiguration } from '../config';
import { loadSettings } from '../config/settings';
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
    const report = await createCatalogueStore(database, createSecrets(settings.masterKey)).apply(document);
    process.stdout.write(`${describeReport(report)}\n`);
  } finally {
    await database.close();
  }
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
