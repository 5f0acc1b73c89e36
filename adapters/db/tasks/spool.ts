import { AppError } from '../../../domain/errors';
import type { SpoolStore } from '../../../domain/storage';
import type { SqlPool } from '../connection/pool';

/** Delivered bytes that wait for the object store to come back. */
export function createSpoolStore(sql: SqlPool): SpoolStore {
  return {
    async put(key, bytes) {
      await sql.query('insert into spool (key, bytes) values ($1, $2) on conflict (key) do update set bytes = excluded.bytes', [
        key,
        Buffer.from(bytes),
      ]);
    },
    async get(key) {
      const [row] = await sql.query<{ bytes: Buffer }>('select bytes from spool where key = $1', [key]);
      if (row === undefined) throw new AppError('not_found', `The spool holds nothing under ${key}.`);
      return row.bytes;
    },
    async remove(key) {
      await sql.query('delete from spool where key = $1', [key]);
    },
  };
}
