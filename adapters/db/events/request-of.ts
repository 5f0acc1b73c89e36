import type { Sql } from '../connection/pool';

const REQUEST = `select request ->> 'id' as id from tasks where id = $1`;

/** `x-request-id` of the request that made a task; null: there is no task, or it was made without a request of its own. */
export function createRequestOf(sql: Sql): (taskId: string) => Promise<string | null> {
  return async (taskId) => (await sql.query<{ id: string | null }>(REQUEST, [taskId]))[0]?.id ?? null;
}
