import type { BatchStore, BatchWork } from '../../domain/batch/batch';
import type { BatchLines } from '../../domain/batch/lines';
import type { CampaignStore } from '../../domain/campaign/campaign';
import type { Logger } from '../../domain/log';
import type { BackgroundRunner } from '../../domain/runner';

/** What the activity of a batch uses, all of it through ports. */
export interface BatchDeps {
  readonly batches: Pick<BatchStore, 'get'> & BatchWork;
  readonly campaigns: Pick<CampaignStore, 'get'>;
  readonly lines: BatchLines;
  readonly runner: Pick<BackgroundRunner, 'wakeCampaign'>;
  /** Aborts when the process shuts down: the step is begun anew by another process. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
  readonly now: () => Date;
}
