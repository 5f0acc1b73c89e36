import type { CampaignStore, CampaignWork } from '../../../domain/campaign/campaign';
import type { SqlPool } from '../connection/pool';
import { createCampaignCreation } from './create';
import { createCampaignReads } from './read';
import { createCampaignVerbs } from './verbs';
import { createCampaignWork } from './work';

/** Campaigns and their items in Postgres. */
export function createCampaignStore(sql: SqlPool): CampaignStore & CampaignWork {
  return { create: createCampaignCreation(sql), ...createCampaignReads(sql), ...createCampaignVerbs(sql), ...createCampaignWork(sql) };
}
