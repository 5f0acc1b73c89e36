import type { Router, Request, Response } from 'express';
import { csv } from '../../domain/csv';
import { AppError } from '../../domain/errors';
import { formatUsd, parseUsd } from '../../domain/money/money';
import type { Call, CallFilter } from '../../domain/records/call';
import type { ApiContext, Authenticating } from '../deps';
import { scopeOf, teamsOf } from '../http/context';
import { parseWith } from '../http/faults';
import { createRoutes, type Routes } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { sendPages } from '../http/send-pages';
import { sendBodies, type BodiesDeps } from './bodies';
import { CALL_COLUMNS, callCells, callObject } from './map';
import { histogramQuery, logsQuery, type FilterQuery } from './schema';

export type LogsDeps = Pick<ApiContext, 'calls'> & BodiesDeps;
type TeamIds = CallFilter['teamIds'];

/** Calls that a CSV file is written from at once. */
const CSV_PAGE = 500;

/** Routes of /v1/logs: the calls of the own team. */
export function logsRouter(context: Authenticating & LogsDeps): Router {
  const routes = createRoutes(context, '/v1');
  routes.get('/logs', (request, response) => sendCalls(context, request, response, ownTeam(response)));
  routes.get('/logs/histogram', (request, response) => sendHistogram(context, request, response, ownTeam(response)));
  routes.get('/logs/:id', async (request, response) => {
    sendJson(response, 200, callObject(await findCall(context, ownTeam(response), request.params.id)));
  });
  routes.get('/logs/:id/bodies', async (request, response) => {
    await sendBodies(context, response, await findCall(context, ownTeam(response), request.params.id));
  });
  return routes.done();
}

/** Routes of /admin/v1/logs: the calls of every team that the caller reaches. */
export function addAdminLogs(routes: Routes<'/admin/v1'>, context: LogsDeps): void {
  routes.get('/logs', (request, response) => sendCalls(context, request, response, reachedTeams(response)));
  routes.get('/logs/histogram', (request, response) => sendHistogram(context, request, response, reachedTeams(response)));
  routes.get('/logs/:id/bodies', async (request, response) => {
    await sendBodies(context, response, await findCall(context, reachedTeams(response), request.params.id));
  });
}

function ownTeam(response: Response): TeamIds {
  const { teamId } = scopeOf(response);
  return teamId === null ? null : [teamId];
}

function reachedTeams(response: Response): TeamIds {
  return teamsOf(response)?.map(({ id }) => id) ?? null;
}

async function sendCalls({ calls }: LogsDeps, request: Request, response: Response, teamIds: TeamIds): Promise<void> {
  const { limit, after, format, ...query } = parseWith(logsQuery, request.query);
  const filter = filterOf(query, teamIds);
  await calls.catchUp();
  if (format === 'csv') {
    await sendPages(response, { name: 'logs', format }, pagesOf(calls, filter, after));
    return;
  }
  const { data, hasMore } = await calls.list(filter, { limit, ...(after === undefined ? {} : { after }) });
  sendList(response, data.map(callObject), ({ id }) => id, hasMore);
}

async function findCall({ calls }: LogsDeps, teamIds: TeamIds, id: string): Promise<Call> {
  await calls.catchUp();
  const { data } = /^call_[0-9a-f]{32}$/.test(id) ? await calls.list({ teamIds, q: id }, { limit: 1 }) : { data: [] };
  if (data[0] === undefined) throw new AppError('not_found', `There is no call ${JSON.stringify(id.slice(0, 100))}.`);
  return data[0];
}

async function sendHistogram({ calls }: LogsDeps, request: Request, response: Response, teamIds: TeamIds): Promise<void> {
  const { interval, ...query } = parseWith(histogramQuery, request.query);
  await calls.catchUp();
  const counts = await calls.histogram(filterOf(query, teamIds), interval);
  sendJson(response, 200, {
    object: 'list',
    interval,
    data: counts.map(({ start, requests, failed, fallbacks, costMicroUsd }) => ({
      start: start.toISOString(),
      requests,
      failed,
      fallbacks,
      cost_usd: formatUsd(costMicroUsd),
    })),
  });
}

function filterOf(query: FilterQuery, teamIds: TeamIds): CallFilter {
  const { from, to, error_code: errorCode, min_cost_usd: minCostUsd, ...same } = query;
  const given = Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined)) as Partial<CallFilter>;
  return {
    ...given,
    teamIds,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(minCostUsd === undefined ? {} : { minCostMicroUsd: parseUsd(minCostUsd, 'min_cost_usd') }),
  };
}

/** The file, a page of calls at a time. */
async function* pagesOf(calls: LogsDeps['calls'], filter: CallFilter, first: string | undefined): AsyncGenerator<string> {
  yield csv([CALL_COLUMNS]);
  let after = first;
  for (;;) {
    const { data, hasMore } = await calls.list(filter, { limit: CSV_PAGE, ...(after === undefined ? {} : { after }) });
    if (data.length > 0) yield csv(data.map(callCells));
    after = data.at(-1)?.id;
    if (!hasMore) return;
  }
}
