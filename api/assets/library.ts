import type { Request, Response } from 'express';
import { isBroken, type AssetDependent } from '../../domain/asset/library';
import { AppError } from '../../domain/errors';
import type { ApiContext, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson, sendList } from '../http/send';
import { templateFilter } from '../templates/filter';
import { ownAsset, unknownAsset } from './find';
import { assetObject } from './map';
import { assetChanges, assetListQuery, deleteQuery } from './schema';

type Deps = Presenting & Pick<ApiContext, 'calls' | 'library'>;

/** GET /v1/assets */
export async function listAssets(context: Deps, request: Request, response: Response): Promise<void> {
  const { kind, purpose, q, tag, favourite, template, after, limit, ...query } = parseWith(assetListQuery, request.query);
  const { campaign_id: campaignId, task_id: taskId, created_after: createdAfter, created_before: createdBefore } = query;
  if (after !== undefined) await ownAsset(context, response, after, 'after');
  // Words of prompts are found once they are recorded.
  if (q !== undefined) await context.calls.catchUp();
  const page = await context.library.list({
    teamId: scopeOf(response).teamId,
    ...(kind === undefined ? {} : { kind }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(q === undefined ? {} : { q }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(favourite === undefined ? {} : { favourite }),
    ...(template === undefined ? {} : { template: templateFilter(template) }),
    ...(campaignId === undefined ? {} : { campaignId }),
    ...(taskId === undefined ? {} : { taskId }),
    ...(createdAfter === undefined ? {} : { createdAfter: new Date(createdAfter) }),
    ...(createdBefore === undefined ? {} : { createdBefore: new Date(createdBefore) }),
    ...(after === undefined ? {} : { after }),
    limit,
  });
  sendList(
    response,
    page.data.map((asset) => assetObject(context, request, asset)),
    ({ id }) => id,
    page.hasMore,
  );
}

/** PATCH /v1/assets/{id} */
export async function changeAsset(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { name, tags, favourite } = parseWith(assetChanges, request.body);
  const changed = await context.library.change(id, scopeOf(response).teamId, {
    ...(name === undefined ? {} : { name }),
    ...(tags === undefined ? {} : { tags }),
    ...(favourite === undefined ? {} : { favourite }),
  });
  sendJson(response, 200, assetObject(context, request, changed ?? unknownAsset(id)));
}

/** DELETE /v1/assets/{id} */
export async function deleteAsset(context: Pick<ApiContext, 'library'>, request: Request, response: Response, id: string): Promise<void> {
  const { force } = parseWith(deleteQuery, request.query);
  const outcome = await context.library.remove(id, scopeOf(response).teamId, force);
  if (outcome.kind === 'missing') unknownAsset(id);
  if (outcome.kind === 'needed') throw needed(id, outcome.dependents);
  sendJson(response, 200, { id, object: 'asset', deleted: true });
}

/** GET /v1/assets/{id}/lineage */
export async function sendLineage(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { parents, children, isComplete } = await context.library.lineage(await ownAsset(context, response, id));
  const relations = (side: typeof parents) =>
    side.map(({ asset, of, depth, taskId }) => ({ asset: assetObject(context, request, asset), of, depth, task_id: taskId }));
  sendJson(response, 200, {
    object: 'asset.lineage',
    id,
    parents: relations(parents),
    children: relations(children),
    is_complete: isComplete,
  });
}

function needed(id: string, dependents: readonly AssetDependent[]): AppError {
  const broken = dependents.filter(isBroken);
  const [what] = broken;
  const text =
    what === undefined
      ? `The asset ${id} is an input of ${String(dependents.length)} tasks that have ended and could not be replayed without it. To delete it all the same, add ?force=true.`
      : `The asset ${id} is in use and cannot be deleted, also not with force: ${nameOf(what)}${broken.length === 1 ? '' : ` and ${String(broken.length - 1)} more`}. What else needs it is in error.details.`;
  return new AppError('conflict', text, {
    details: {
      force_helps: what === undefined,
      dependents: dependents.map((dependent) => {
        if (dependent.type !== 'task') return dependent;
        const { isOpen, ...task } = dependent;
        return { ...task, is_open: isOpen };
      }),
    },
  });
}

function nameOf(dependent: AssetDependent): string {
  switch (dependent.type) {
    case 'template':
      return `the template ${dependent.name} names it in version ${dependent.versions.join(', ')}, and versions never change`;
    case 'schedule':
      return `the schedule ${dependent.id} makes campaigns with it`;
    case 'campaign':
      return `the campaign ${dependent.id} has ${String(dependent.items)} items with it that have not started`;
    case 'task':
      return `the task ${dependent.id} has not ended`;
  }
}
