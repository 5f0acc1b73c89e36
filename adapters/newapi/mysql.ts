import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { unreadable, withoutPassword, type Engine } from './engine';
import { columnsOf } from './sqlite';

/** A MySQL or MariaDB database in one consistent, read-only snapshot. @throws AppError `invalid_value` */
export async function openMysql(url: URL): Promise<Engine> {
  const location = withoutPassword(url);
  const socketPath = url.searchParams.get('socketPath');
  let connection: Connection;
  try {
    connection = await createConnection({
      ...(socketPath === null ? { host: url.hostname, port: url.port === '' ? 3306 : Number(url.port) } : { socketPath }),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      charset: 'utf8mb4',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      connectTimeout: 10_000,
    });
    await connection.query('set session transaction isolation level repeatable read');
    await connection.query('start transaction with consistent snapshot, read only');
  } catch (error) {
    throw unreadable(location, error);
  }
  const query: Engine['query'] = async (sql, values = []) => {
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
      return rows;
    } catch (error) {
      throw unreadable(location, error);
    }
  };
  return {
    kind: 'mysql',
    location,
    quote: (name) => `\`${name}\``,
    place: () => '?',
    query,
    async columns() {
      const rows = await query(
        `select c.table_name as \`table\`, c.column_name as \`column\` from information_schema.columns c
         join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where c.table_schema = database() and t.table_type = 'BASE TABLE'`,
      );
      return columnsOf(rows);
    },
    close: () => connection.end(),
  };
}
