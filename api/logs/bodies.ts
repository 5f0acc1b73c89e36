import type { Response } from 'express';
import { AppError } from '../../domain/errors';
import { readJsonExactly } from '../../domain/large-integers';
import type { Call } from '../../domain/records/call';
import type { ApiContext } from '../deps';
import { sendJson } from '../http/send';

export type BodiesDeps = Pick<ApiContext, 'bodies' | 'bodyVault'>;

/**
 * Answers with the bodies of a call that the caller reaches. The one place where anybody gets to see them; the audit log tells who looked
 * (`ACTS_OF_GET`).
 * @throws AppError `not_found` when there are none
 */
export async function sendBodies(context: BodiesDeps, response: Response, { id }: Pick<Call, 'id'>): Promise<void> {
  const found = await context.bodies.find(id);
  if (found === null) {
    throw new AppError(
      'not_found',
      `No bodies of ${id} are kept. They are where log_bodies of the team was set when the request came, for as many days as it says.`,
    );
  }
  if (found.kept === null) {
    throw new AppError(
      'not_found',
      `The bodies of ${id} were not kept: together they were larger than max_bytes of the team's log_bodies.`,
    );
  }
  const text = await context.bodyVault.read(id, found.kept);
  response.setHeader('cache-control', 'no-store');
  sendJson(response, 200, { object: 'call.bodies', id, expires_at: found.expiresAt.toISOString(), ...(readJsonExactly(text) as object) });
}
