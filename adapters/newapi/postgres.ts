import { Client } from 'pg';
import { unreadable, withoutPassword, type Engine } from './engine';
import type { Row } from './values';
import { columnsOf } from './sqlite';

/** A Postgres database in one repeatable-read, read-only transaction. @throws AppError `invalid_value` */
export async function openPostgres(url: URL): Promise<Engine> {
  const location = withoutPassword(url);
  const client = new Client({ connectionString: url.toString(), connectionTimeoutMillis: 10_000, application_name: 'atelier migrate' });
  // A connection that breaks between two reads is told by the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin isolation level repeatable read read only');
  } catch (error) {
    await client.end().catch(() => undefined);
    throw unreadable(location, error);
  }
  const query: Engine['query'] = async (sql, values = []) => {
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw unreadable(location, error);
    }
  };
  return {
    kind: 'postgres',
    location,
    quote: (name) => `"${name}"`,
    place: (n) => `$${String(n)}`,
    query,
    async columns() {
      const rows = await query(
        `select c.table_name as "table", c.column_name as "column" from information_schema.columns c
         join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = any(current_schemas(false)) and t.table_type = 'BASE TABLE'`,
      );
      return columnsOf(rows);
    },
    close: () => client.end(),
  };
}
