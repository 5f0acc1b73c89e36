/** The address of an embedded installation's database, from the files of its home. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from './built.mjs';

/** @param {string} home @returns {string} */
export function databaseUrlOf(home) {
  /** @type {typeof import('../../adapters/embedded/parts/postgres.js')} */
  const { postgresUrl } = built('adapters/embedded/parts/postgres');
  /** @param {string} name */
  const read = (name) => JSON.parse(readFileSync(join(home, name), 'utf8'));
  return postgresUrl({ port: read('ports.json').postgres, password: read('secrets.json').postgresPassword });
}
