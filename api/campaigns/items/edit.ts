import type { Request, Response } from 'express';
import type { Campaign, CampaignItem } from '../../../domain/campaign/campaign';
import { campaignItemObject } from '../../../domain/campaign/object';
import { AppError } from '../../../domain/errors';
import { signLinks } from '../../../domain/task/asset-links';
import { requestObject } from '../../../domain/task/object';
import type { ApiContext, Presenting, Sourcing } from '../../deps';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { baseUrlOf } from '../../http/request-headers';
import { sendJson } from '../../http/send';
import { replayInput } from '../../replays/overrides';
import { requestHash } from '../../submit/idempotency';
import { quote } from '../../submit/prepare';
import { findCampaign } from '../find';
import { itemChange } from '../schema';

type ReadDeps = Presenting & Pick<ApiContext, 'campaigns'>;
type EditDeps = ReadDeps & Sourcing & Pick<ApiContext, 'catalogue' | 'routeState'>;

/** Where an item stands: which campaign, and at which position, as the path says it. */
interface ItemPlace {
  readonly id: string;
  readonly index: string;
}

/** GET /v1/campaigns/{id}/items/{index}: an item with what it asks for. */
export async function sendItem(context: ReadDeps, request: Request, response: Response, place: ItemPlace): Promise<void> {
  const campaign = await findCampaign(context, scopeOf(response), place.id);
  sendJson(response, 200, itemObject(context, request, await findItem(context, campaign, place.index)));
}

/** PATCH /v1/campaigns/{id}/items/{index}: what is given is laid over what the item asks for, checked and priced as at its creation. */
export async function editItem(context: EditDeps, request: Request, response: Response, place: ItemPlace): Promise<void> {
  const campaign = await findCampaign(context, scopeOf(response), place.id);
  const change = parseWith(itemChange, request.body);
  const item = await findItem(context, campaign, place.index);
  const refusal = refusalOf(campaign, item);
  if (refusal !== null) throw stateError(campaign, item, refusal);
  const { caller } = campaign;
  const stored = { id: item.taskId, teamId: campaign.teamId, input: item.input };
  const edited = replayInput(context, caller, stored, change, []);
  const catalogue = context.catalogue.current();
  const { model, boundMicroUsd } = quote(context, {
    catalogue,
    caller,
    endpoint: 'campaigns',
    model: edited.model ?? item.model,
    maxCostMicroUsd: item.maxCostMicroUsd,
    ...(item.routing === undefined ? {} : { routing: item.routing }),
    input: edited.draft,
  });
  const input = await edited.complete();
  const outcome = await context.campaigns.edit(campaign.id, item, {
    input,
    model: model.name,
    boundMicroUsd,
    requestHash: requestHash({ model: model.name, input }),
  });
  if (outcome !== 'done') throw stateError(campaign, item, 'It has changed meanwhile. Look at it again.');
  sendJson(response, 200, itemObject(context, request, await findItem(context, campaign, place.index)));
}

async function findItem({ campaigns }: Pick<ApiContext, 'campaigns'>, { id }: Campaign, given: string): Promise<CampaignItem> {
  const item = /^[1-9]\d{0,8}$/.test(given) ? await campaigns.item(id, Number(given)) : null;
  if (item === null) throw new AppError('not_found', `The campaign ${id} has no item ${JSON.stringify(given.slice(0, 20))}.`);
  return item;
}

/** Why the item stays as it is; null: it may be edited. */
function refusalOf({ kind, status, cancelRequested }: Campaign, item: CampaignItem): string | null {
  if (kind === 'batch') return 'The lines of a batch stay as they are in its file.';
  if (cancelRequested && status !== 'cancelled') return 'The campaign is being cancelled.';
  if (item.status === 'failed' || item.status === 'cancelled') return null;
  if (item.status !== 'queued') return 'Only items that wait, failed or were cancelled can be edited.';
  return status === 'running' ? 'Pause the campaign first: its turn may come at any moment.' : null;
}

function stateError({ id, status }: Campaign, item: CampaignItem, why: string): AppError {
  const message = `The item ${JSON.stringify(item.key)} of the campaign ${id} is ${item.status} and cannot be edited. ${why}`;
  return new AppError('campaign_state', message, { details: { status, item_status: item.status } });
}

function itemObject(context: Presenting, request: Request, item: CampaignItem) {
  const links = signLinks(context.links, item.outputs, { baseUrl: baseUrlOf(context.settings, request), now: context.now() });
  return {
    ...campaignItemObject(item, links),
    type: item.type,
    model: item.model,
    ...requestObject(item.input),
    output: 'output' in item.input ? item.input.output : {},
  };
}
