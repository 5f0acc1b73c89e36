import type { CampaignStore, CampaignWork } from '../../../domain/campaign/campaign';
import type { SqlPool } from '../connection/pool';
import type { TaskContents } from '../tasks/contents';
import { createCampaignCreation } from './create';
import { createCampaignReads } from './read';
import { createCampaignVerbs } from './verbs';
import { createCampaignWork } from './work';

/** Campaigns and their items in Postgres. */
export function createCampaignStore(sql: SqlPool, contents: TaskContents): CampaignStore & CampaignWork {
  return {
    create: createCampaignCreation(sql),
    ...createCampaignReads(sql),
    ...createCampaignVerbs(sql),
    ...createCampaignWork(sql, contents),
  };
}
