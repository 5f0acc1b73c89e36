import type { Campaign } from '../../domain/campaign/campaign';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';

/** The caller's campaign; the admin key sees every team's. @throws AppError `not_found` */
export async function findCampaign(context: ApiContext, caller: Caller, id: string): Promise<Campaign> {
  const campaign = await context.campaigns.get(id, caller.isAdmin ? null : caller.teamId);
  if (campaign === null) throw notFound(id);
  return campaign;
}

export function notFound(id: string): AppError {
  return new AppError('not_found', `There is no campaign ${JSON.stringify(id.slice(0, 100))}.`);
}
