import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { canonicalJson, idempotencyRoute } from '../submit/idempotency';
import type { ItemSource, SourceItem } from './items/source';
import type { CampaignBody } from './schema';

const LINES_AT_ONCE = 100;

/** The route of a campaign's idempotency key. */
export const CAMPAIGN_ROUTE = idempotencyRoute('campaigns');

/** SHA-256 of campaign and items, whichever way they were sent, hex. */
export async function campaignHash(body: CampaignBody, source: ItemSource): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson({ ...body, items: undefined }));
  let lines = 0;
  for await (const item of source.items()) {
    hash.update('\n').update(canonicalItem(item));
    lines += 1;
    if (lines % LINES_AT_ONCE === 0) await turn();
  }
  return hash.digest('hex');
}

/** The error of a key that came before with another campaign. */
export function campaignKeyReused(campaignId: string): AppError {
  return new AppError(
    'idempotency_key_reuse',
    `This Idempotency-Key was used before with another campaign (${campaignId}). Use a new key for a new campaign.`,
    { param: 'Idempotency-Key', details: { campaign_id: campaignId } },
  );
}

/** The earlier campaign of a key, before heavy work begins. @throws AppError `idempotency_key_reuse` */
export async function findEarlierCampaign(
  context: Pick<ApiContext, 'campaigns'>,
  caller: Caller,
  key: string,
  hash: string,
): Promise<string | null> {
  const earlier = await context.campaigns.findByIdempotencyKey(caller.teamId, CAMPAIGN_ROUTE, key);
  if (earlier === null) return null;
  if (earlier.requestHash !== hash) throw campaignKeyReused(earlier.campaignId);
  return earlier.campaignId;
}

function canonicalItem({ own, text }: SourceItem): string {
  try {
    return own === undefined ? text : canonicalJson(own);
  } catch {
    // Nested too deep to walk: the check of the items says so.
    return text;
  }
}
