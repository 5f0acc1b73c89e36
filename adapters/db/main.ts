import { createDatabase } from '.';
import { toAppError } from '../../domain/errors';
import { readConfigFile } from '../config/file';
import { loadSettings } from '../config/settings';
import { createSecrets } from '../secrets';
import { createCatalogueStore } from './catalogue';

/** `migrate`: brings the schema up to date. `up` (default): also applies the configuration file, when there is one. */
async function main(command: string): Promise<void> {
  if (command !== 'migrate' && command !== 'up') {
    throw new Error(`There is no command ${JSON.stringify(command)}: use migrate or up.`);
  }
  const settings = loadSettings(process.env);
  const database = createDatabase({ url: settings.databaseUrl, poolMax: 2, applicationName: 'atelier migrate' });
  try {
    await database.migrate();
    process.stdout.write('The database is up to date.\n');
    if (command === 'migrate' || settings.configFile === null) return;
    const document = await readConfigFile(settings.configFile, process.env);
    const { version } = await createCatalogueStore(database, createSecrets(settings.masterKey)).apply(document);
    process.stdout.write(`The configuration is applied (version ${String(version)}).\n`);
  } finally {
    await database.close();
  }
}

main(process.argv[2] ?? 'up').catch((error: unknown) => {
  const known = toAppError(error);
  process.stderr.write(`${known.code === 'internal' && error instanceof Error ? error.message : known.message}\n`);
  process.exitCode = 1;
});
