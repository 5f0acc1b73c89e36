import { AppError } from '../../domain/errors';
import { integer, type Row } from './values';

/** One connection to a source, in one snapshot that only reads. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres' | 'mysql';
  /** Where it is, without a password. */
  readonly location: string;
  /** A name as the engine quotes it. */
  quote(name: string): string;
  /** The placeholder of the n-th value (from 1). */
  place(n: number): string;
  query(sql: string, values?: readonly (string | number)[]): Promise<readonly Row[]>;
  /** Columns by table. */
  columns(): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  close(): Promise<void>;
}

const GROUP = 2_000;

/** The columns of `wanted` that the table has, and the others as null: every column of an old installation is optional. */
export function selectOf(engine: Engine, table: string, has: ReadonlySet<string>, wanted: readonly string[]): string {
  const columns = wanted.map((name) => (has.has(name) ? engine.quote(name) : `null as ${engine.quote(name)}`));
  return `select ${columns.join(', ')} from ${engine.quote(table)}`;
}

/** Reads a table in groups of rows by its `id`. */
export async function* byId(engine: Engine, select: string, from = '-9223372036854775808'): AsyncGenerator<readonly Row[]> {
  const id = engine.quote('id');
  let after = from;
  for (;;) {
    const rows = await engine.query(`${select} where ${id} > ${engine.place(1)} order by ${id} limit ${String(GROUP)}`, [after]);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < GROUP) return;
    after = integer(last['id']).toString();
  }
}

/** @throws AppError that names the place and says in one line why it can't be read */
export function unreadable(location: string, error: unknown): AppError {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const reason = line === '' ? 'unknown error' : line;
  return new AppError('invalid_value', `${location} cannot be read: ${reason}. Nothing was imported.`, {}, error);
}

/** A URL without its password. */
export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.toString();
}
