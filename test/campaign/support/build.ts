import { uuidv7 } from 'uuidv7';
import type { Database } from '../../../adapters/db';
import type { Campaign, ItemStart, NewCampaign, NewCampaignItem, StartOutcome } from '../../../domain/campaign/campaign';
import type { Caller } from '../../../domain/access/caller';
import { anAdmission, aSettlement } from '../../db/support';

/** Builders of campaigns at the level of the store; an item reserves 100 micro-USD. */

export function hexId(prefix: string): string {
  return `${prefix}_${uuidv7().replaceAll('-', '')}`;
}

export function aCampaign(caller: Caller, changes: Partial<NewCampaign> = {}): NewCampaign {
  return {
    id: hexId('camp'),
    caller,
    name: 'spring',
    concurrency: 8,
    maxCostMicroUsd: null,
    callbackUrl: null,
    metadata: {},
    start: true,
    requestHash: 'a'.repeat(64),
    idempotency: null,
    ...changes,
  };
}

export function someItems(count: number, changes: (index: number) => Partial<NewCampaignItem> = () => ({})): NewCampaignItem[] {
  return Array.from({ length: count }, (_, position) => ({
    index: position + 1,
    key: `sku-${String(position + 1)}`,
    type: 'image' as const,
    model: 'sandbox-image',
    input: { operation: 'image' as const, prompt: `a boat, number ${String(position + 1)}`, images: [], output: {}, params: {} },
    externalId: null,
    metadata: {},
    finishWithinS: null,
    maxCostMicroUsd: null,
    boundMicroUsd: 100n,
    requestHash: 'b'.repeat(64),
    ...changes(position + 1),
  }));
}

/** Stores a campaign with its items; answers its id. */
export async function aStoredCampaign(
  database: Database,
  caller: Caller,
  items: readonly NewCampaignItem[],
  changes: Partial<NewCampaign> = {},
): Promise<string> {
  const campaign = aCampaign(caller, changes);
  await database.campaigns.create(campaign, [items]);
  return campaign.id;
}

/** A campaign, whose counts must add up. */
export async function readCampaign(database: Database, caller: Caller, id: string): Promise<Campaign> {
  const campaign = await database.campaigns.get(id, caller.teamId);
  if (campaign === null) throw new Error(`no campaign ${id}`);
  const { total, queued, running, succeeded, failed, cancelled } = campaign.counts;
  expect(queued + running + succeeded + failed + cancelled).toBe(total);
  return campaign;
}

/** Types of the events that are reported of a campaign, in order. */
export async function eventsOf(database: Database, campaignId: string): Promise<string[]> {
  const rows = await database.query<{ type: string }>('select type from callbacks where campaign_id = $1 order by id', [campaignId]);
  return rows.map((row) => row.type);
}

/** Starts the next items as the workflow does; answers the outcome and the ids of the started tasks. */
export async function startNext(
  database: Database,
  caller: Caller,
  id: string,
  limit = 50,
): Promise<StartOutcome & { readonly taskIds: readonly string[] }> {
  const items = await database.campaigns.nextItems(id, limit);
  const starts = items.map((item): ItemStart => {
    const task = {
      campaignId: id,
      endpoint: 'campaigns',
      type: 'image',
      operation: 'image',
      input: item.input,
      externalId: item.externalId,
      replayOf: item.taskId,
    } as const;
    return {
      index: item.index,
      tries: item.tries,
      admission: anAdmission(caller, { firstAttempt: null, reserveMicroUsd: item.boundMicroUsd, task }),
    };
  });
  const outcome = await database.campaigns.startItems(id, starts);
  const taskIds = starts.filter((start) => outcome.started.includes(start.index)).map((start) => start.admission.task.id);
  return { ...outcome, taskIds };
}

/** Ends tasks as their workflows do: succeeded for 40 micro-USD, or failed for nothing. */
export async function endTasks(database: Database, taskIds: readonly string[], status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded') {
  const error =
    status === 'succeeded'
      ? null
      : {
          code: status === 'failed' ? ('provider_unavailable' as const) : ('cancelled' as const),
          message: 'It did not work.',
          retryable: true,
          providerCode: null,
          providerMessage: null,
          param: null,
        };
  return database.tasks.settle(
    taskIds.map((taskId) => aSettlement(taskId, { status, error, actualMicroUsd: status === 'succeeded' ? 40n : 0n, attempt: null })),
  );
}
