/** The address of an embedded installation's database, from the files of its home. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

export function databaseUrlOf(home) {
  const { postgresUrl } = require('../../dist/adapters/embedded/parts/postgres.js');
  const read = (name) => JSON.parse(readFileSync(join(home, name), 'utf8'));
  return postgresUrl({ port: read('ports.json').postgres, password: read('secrets.json').postgresPassword });
}
