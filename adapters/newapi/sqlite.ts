import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { AppError } from '../../domain/errors';
import { text, type Row } from './values';
import { unreadable, type Engine } from './engine';

/** Larger files would keep people waiting: a damaged page of theirs ends the read where it is met. */
const MOST_CHECKED_BYTES = 2 * 1024 ** 3;
const MAGIC = 'SQLite format 3\0';

/**
 * A SQLite file, also one that its program has open (WAL). `mode=ro` is enforced by SQLite itself; the library's own `readonly` option is not.
 * @throws AppError `invalid_value`
 */
export function openSqlite(file: string): Engine {
  if (!existsSync(file)) throw new AppError('invalid_value', `There is no file ${file}. Name a SQLite file, or postgres://… or mysql://….`);
  const fault = faultOf(file);
  if (fault !== null) throw new AppError('invalid_value', `${file} ${fault} Nothing was imported.`);
  const url = `${pathToFileURL(resolve(file)).href}?mode=ro`;
  try {
    const database = new Database(url);
    database.defaultSafeIntegers(true);
    // One snapshot for all that is read.
    database.exec('begin');
    database.prepare('select count(*) from sqlite_master').get();
    if (statSync(file).size <= MOST_CHECKED_BYTES) expectWhole(file, database);
    return engineOf(file, database);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** A broken page is found before anything is read of it. */
function expectWhole(file: string, database: Database.Database): void {
  const [found] = database.prepare('pragma quick_check(1)').all() as Row[];
  const answer = text(found?.['quick_check']);
  // The first line only says in which database.
  if (answer !== 'ok') throw new Error(`it is damaged (${answer.split('\n').find((line) => !line.startsWith('***')) ?? answer})`);
}

function engineOf(file: string, database: Database.Database): Engine {
  const query: Engine['query'] = (sql, values = []) => {
    try {
      return Promise.resolve(database.prepare(sql).all(...values) as Row[]);
    } catch (error) {
      return Promise.reject(unreadable(file, error));
    }
  };
  return {
    kind: 'sqlite',
    location: file,
    quote: (name) => `"${name}"`,
    place: () => '?',
    query,
    async columns() {
      const rows = await query(
        `select m.name as "table", c.name as "column" from sqlite_master m, pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'`,
      );
      return columnsOf(rows);
    },
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}

/** From rows of `table` and `column`. */
export function columnsOf(rows: readonly Row[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    const table = text(row['table']);
    const columns = found.get(table) ?? new Set();
    found.set(table, columns.add(text(row['column'])));
  }
  return found;
}

const GZIP = '\x1f\x8b';
const ZIP = 'PK\x03\x04';

/** Why a file can't be read as a database, as the end of a sentence; null: it can. */
function faultOf(file: string): string | null {
  if (statSync(file).isDirectory()) return 'is a folder: name the SQLite file in it.';
  let start: string;
  try {
    start = startOf(file);
  } catch (error) {
    return `cannot be opened (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}): may this user read it?`;
  }
  if (start === MAGIC) return null;
  if (start.startsWith(GZIP) || start.startsWith(ZIP)) return 'is packed: unpack it first, then name the file that comes out.';
  if (/\.sql$/i.test(file)) return 'is a dump: load it into a server of its engine first, then name the address of that.';
  return 'is no SQLite database.';
}

function startOf(file: string): string {
  const start = Buffer.alloc(MAGIC.length);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, start, 0, start.length, 0);
  } finally {
    closeSync(handle);
  }
  return start.toString('latin1');
}
