import { Client } from 'pg';
import { AppError } from '../../../domain/errors';
import { translate } from '../connection/sqlstate';

/** A connection for statements that take as long as they take. The caller ends it. @throws AppError `service_unavailable` */
export async function connect(url: string, applicationName: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // Whatever the server's or the role's own limits are.
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=10s -c jit=off',
  });
  // A connection that breaks fails the statement that waits; the event must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const known = translate(error);
    if (known instanceof AppError) throw known;
    throw new AppError('service_unavailable', 'Postgres does not answer.', {}, error);
  }
}

/** Runs work over a connection of its own, which ends with it. @throws AppError for what Postgres refuses */
export async function overOwn<T>(url: string, applicationName: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url, applicationName);
  try {
    return await work(client);
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end();
  }
}

/** Rows of a statement. */
export async function rowsOf<Row extends object>(client: Client, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  return (await client.query<Row>(text, [...values])).rows;
}
