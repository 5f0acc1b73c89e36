import type { Client } from 'pg';
import type { SealedColumn, SecretRows } from '../../../domain/backup/secrets';
import { overOwn, rowsOf } from './client';

/** Every column that holds sealed texts is named so. */
const COLUMNS = `
  select c.relname as "table", a.attname as "column"
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not a.attisdropped and a.attname like '%\\_encrypted'
  order by 1, 2`;

/** The rows that hold secrets, over connections of their own. */
export function createSecretRows(url: string): SecretRows {
  const within = <T>(work: (client: Client) => Promise<T>): Promise<T> => overOwn(url, 'atelier secrets', work);

  return {
    columns: () => within((client) => rowsOf<SealedColumn>(client, COLUMNS)),
    count: ({ table, column }) =>
      within(async (client) => {
        const rows = await rowsOf<{ id: string; count: number }>(
          client,
          `select split_part(${client.escapeIdentifier(column)}, ':', 2) as id, count(*)::int as count
           from ${client.escapeIdentifier(table)} where ${client.escapeIdentifier(column)} is not null group by 1`,
        );
        return new Map(rows.map(({ id, count }) => [id, count]));
      }),
    sealAgain: ({ table, column }, keyId, { after, limit }, seal) =>
      within(async (client) => {
        const [of, name] = [client.escapeIdentifier(table), client.escapeIdentifier(column)];
        await client.query('begin');
        // In the order of the pages, from where the last part ended: what was sealed before is not read again.
        const rows = await rowsOf<{ place: string; sealed: string }>(
          client,
          `select ctid::text as place, ${name} as sealed from ${of}
           where ctid > $3::tid and ${name} is not null and split_part(${name}, ':', 2) <> $1 limit $2 for update`,
          [keyId, limit, after ?? '(0,0)'],
        );
        // The rows are locked, so they stay where they are until the update of each.
        for (const { place, sealed } of rows) {
          await client.query(`update ${of} set ${name} = $2 where ctid = $1::tid`, [place, seal(sealed)]);
        }
        await client.query('commit');
        return { count: rows.length, last: rows.at(-1)?.place ?? null };
      }),
  };
}
