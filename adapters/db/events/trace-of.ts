import type { Sql } from '../connection/pool';

const TRACE = `select t.request ->> 'traceparent' as traceparent from callbacks c join tasks t on t.id = c.task_id where c.id = $1`;

/** The `traceparent` of the request that made the task which an event tells of; null: it was not traced, or there is no task. */
export function createTraceOf(sql: Sql): (eventId: string) => Promise<string | null> {
  return async (eventId) => (await sql.query<{ traceparent: string | null }>(TRACE, [eventId]))[0]?.traceparent ?? null;
}
