import type { Request, Response, Router } from 'express';
import type { Scope } from '../../domain/access/permissions';
import type { Schedule } from '../../domain/campaign/schedule';
import { AppError } from '../../domain/errors';
import { given } from '../../lib/given';
import { inParallel } from '../../lib/parallel';
import type { ApiContext, Authenticating } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { baseUrlOf } from '../http/request-headers';
import { createRoutes } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { scheduleObject } from './object';
import { scheduleListQuery } from './schema';

type Deps = Pick<ApiContext, 'logger' | 'schedules' | 'scheduleRunner' | 'settings'>;

/** Questions to Temporal at once. */
const AT_ONCE = 10;

/** Routes of /v1/schedules; they are created at /v1/campaigns. */
export function schedulesRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  routes.get('/schedules', (request, response) => listSchedules(context, request, response));
  routes.get('/schedules/:id', (request, response) => answerSchedule(context, request, response, request.params.id));
  routes.delete('/schedules/:id', (request, response) => removeSchedule(context, response, request.params.id));
  return routes.done();
}

/** Answers with a schedule. @throws AppError `not_found` */
export async function answerSchedule(context: Deps, request: Request, response: Response, id: string, status = 200): Promise<void> {
  const schedule = await findSchedule(context, scopeOf(response), id);
  const object = scheduleObject(schedule, await nextOf(context, schedule), baseUrlOf(context.settings, request));
  if (status === 201) response.setHeader('location', object.links.self);
  sendJson(response, status, object);
}

async function listSchedules(context: Deps, request: Request, response: Response): Promise<void> {
  const { after, limit, q: words } = parseWith(scheduleListQuery, request.query);
  const scope = scopeOf(response);
  if (after !== undefined) await findSchedule(context, scope, after);
  const page = await context.schedules.list({ teamId: scope.teamId, limit, ...given({ after, words }) });
  const baseUrl = baseUrlOf(context.settings, request);
  const schedules = await inParallel(page.data, AT_ONCE, async (schedule) =>
    scheduleObject(schedule, await nextOf(context, schedule), baseUrl),
  );
  sendList(response, schedules, ({ id }) => id, page.hasMore);
}

/** Its campaigns stay; no further one is made. */
async function removeSchedule(context: Deps, response: Response, id: string): Promise<void> {
  const schedule = await findSchedule(context, scopeOf(response), id);
  await context.schedules.remove(schedule.id);
  try {
    await context.scheduleRunner.forget(schedule.id);
    await context.schedules.forgotten(schedule.id);
  } catch (error) {
    context.logger.warn({ err: error, schedule_id: id }, 'Temporal could not be told of a deleted schedule now; the worker will tell it.');
  }
  sendJson(response, 200, { id: schedule.id, object: 'schedule', deleted: true });
}

async function findSchedule({ schedules }: Pick<Deps, 'schedules'>, scope: Scope, id: string): Promise<Schedule> {
  const schedule = await schedules.get(id, scope.teamId);
  if (schedule === null) throw new AppError('not_found', `There is no schedule ${JSON.stringify(id.slice(0, 100))}.`);
  return schedule;
}

/** null: Temporal does not answer, or does not know the schedule yet. */
async function nextOf({ scheduleRunner }: Pick<Deps, 'scheduleRunner'>, { id }: Schedule): Promise<Date | null> {
  try {
    return (await scheduleRunner.nextTimes(id))[0] ?? null;
  } catch {
    return null;
  }
}
