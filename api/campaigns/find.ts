import type { Campaign } from '../../domain/campaign/campaign';
import type { Scope } from '../../domain/access/permissions';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';

/** A campaign within the scope. @throws AppError `not_found` */
export async function findCampaign(context: Pick<ApiContext, 'campaigns'>, scope: Scope, id: string): Promise<Campaign> {
  const campaign = await context.campaigns.get(id, scope.teamId);
  if (campaign === null) throw notFound(id);
  return campaign;
}

export function notFound(id: string): AppError {
  return new AppError('not_found', `There is no campaign ${JSON.stringify(id.slice(0, 100))}.`);
}
