import { AppError } from '../../../domain/errors';
import type { Sql } from '../connection/pool';

const REMEMBER = `
  insert into idempotency_keys (team_id, route, key, request_hash, task_id) values ($1, $2, $3, $4, $5)
  on conflict do nothing returning key`;
const EARLIER = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';

/** What is to be made once for an idempotency key. */
export interface KeyedRequest {
  readonly id: string;
  readonly caller: { readonly teamId: number };
  readonly requestHash: string;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
}

/**
 * Keeps the key with the id of what is made for it, within the transaction that makes it.
 * @returns null: it is the first request with the key, or has none; otherwise what an earlier one made
 */
export async function rememberKey(
  sql: Sql,
  { id, caller, idempotency, requestHash }: KeyedRequest,
): Promise<{ readonly kind: 'repeat' | 'key_reused'; readonly earlierId: string } | null> {
  if (idempotency === null) return null;
  const key = [caller.teamId, idempotency.route, idempotency.key];
  if ((await sql.query(REMEMBER, [...key, requestHash, id])).length > 0) return null;
  const [earlier] = await sql.query<{ task_id: string; request_hash: string }>(EARLIER, key);
  if (earlier === undefined)
    throw new AppError('service_unavailable', 'An earlier request with this Idempotency-Key is just expiring. Try again.');
  return { kind: earlier.request_hash === requestHash ? 'repeat' : 'key_reused', earlierId: earlier.task_id };
}
