import type { Request, Response } from 'express';
import type { ApiContext, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendList } from '../http/send';
import { templateFilter } from '../templates/filter';
import { findTask } from './find';
import { presentTasks } from './present';
import { taskListQuery } from './schema';

/** GET /v1/tasks */
export async function listTasks(context: Presenting & Pick<ApiContext, 'tasks'>, request: Request, response: Response): Promise<void> {
  const query = parseWith(taskListQuery, request.query);
  const scope = scopeOf(response);
  if (query.after !== undefined) await findTask(context, scope, query.after);
  const page = await context.tasks.list({
    teamId: scope.teamId,
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.type === undefined ? {} : { type: query.type }),
    ...(query.model === undefined ? {} : { model: query.model }),
    ...(query.external_id === undefined ? {} : { externalId: query.external_id }),
    ...(query.campaign_id === undefined ? {} : { campaignId: query.campaign_id }),
    ...(query.template === undefined ? {} : { template: templateFilter(query.template) }),
    ...(query.created_after === undefined ? {} : { createdAfter: new Date(query.created_after) }),
    ...(query.after === undefined ? {} : { after: query.after }),
    order: query.order,
    limit: query.limit,
  });
  sendList(response, presentTasks(context, request, page.data), ({ id }) => id, page.hasMore);
}
