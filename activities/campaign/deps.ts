import type { CampaignStore, CampaignWork } from '../../domain/campaign/campaign';
import type { Catalogue } from '../../domain/provider/catalogue';
import type { Logger } from '../../domain/log';
import type { RouteState } from '../../domain/provider/plan';
import type { BackgroundRunner, TaskRunner, TextOwners } from '../../domain/runner';
import type { TaskStore } from '../../domain/task/store';
import type { ItemLane } from '../media/lane';
import type { Pace } from './pace';
import type { CampaignWatchers } from './watchers';

/** What the activity of a campaign uses, all of it through ports. */
export interface CampaignDeps {
  readonly campaigns: Pick<CampaignStore, 'get'> & CampaignWork;
  readonly tasks: Pick<TaskStore, 'findMany' | 'requestCancel'>;
  readonly runner: Pick<TaskRunner, 'startMedia' | 'cancel'> & TextOwners & Pick<BackgroundRunner, 'wakeBatch'>;
  readonly catalogue: () => Catalogue;
  readonly latestCatalogue: () => Promise<Catalogue>;
  readonly watchers: CampaignWatchers;
  /** How much items of all campaigns may do at once. */
  readonly pace: () => Promise<Pace>;
  readonly textGroupIdOf: (firstTaskId: string) => string;
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string;
  /** Aborts when the process shuts down: the turn ends, another process takes the next one. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly state: RouteState;
  /** Names this process. */
  readonly instanceId: string;
  /** First attempts at images and videos are made here while it has places. */
  readonly lane: ItemLane;
  readonly random: () => number;
}
