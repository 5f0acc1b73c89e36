import { expectTeam, teamsOf } from '../http/context';
import { parseWith } from '../http/faults';
import type { Routes, Steps } from '../http/routes';
import { addAttempts, type AttemptsDeps } from './attempts';
import { sendUsage, type Reporting } from './answer';
import { usageQuery } from './schema';

export type UsageDeps = AttemptsDeps & Reporting;

/** What all teams used, as far as the caller sees them. */
export function addUsage(routes: Routes<'/admin/v1'>, context: UsageDeps, json: Steps): void {
  routes.get('/usage', async (request, response) => {
    const query = parseWith(usageQuery, request.query);
    if (query.team !== undefined) expectTeam(response, 'usage.read', query.team);
    await sendUsage(context, response, query, teamsOf(response)?.map(({ id }) => id) ?? null);
  });
  addAttempts(routes, context, json);
}
