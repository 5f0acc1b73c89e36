import type { CampaignStatus, ItemStatus } from '../../domain/campaign/campaign';
import type { MissingOutputObject, OutputObject, TaskErrorObject } from '../tasks/task-object';

/** A campaign as the API gives it; only what the CLI reads. */
export interface CampaignObject {
  readonly id: string;
  readonly name: string | null;
  readonly status: CampaignStatus;
  readonly status_reason: string | null;
  readonly status_details?: { readonly budget: string; readonly resets_at: string | null };
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly counts: Readonly<Record<'total' | ItemStatus, number>>;
  readonly progress: number;
  readonly concurrency: number;
  /** Decimal strings of US dollars. */
  readonly cost: { readonly estimated: string; readonly reserved: string; readonly actual: string };
  readonly budget: { readonly max_cost_usd: string } | null;
}

export interface ItemObject {
  readonly key: string;
  readonly index: number;
  readonly status: ItemStatus;
  readonly task_id: string | null;
  readonly error: TaskErrorObject | null;
  readonly outputs: readonly OutputObject[];
  readonly missing_outputs: readonly MissingOutputObject[];
}

/** Nothing more happens unless somebody retries. */
export function hasEnded({ status }: CampaignObject): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** The path of a campaign, or of something below it. */
export function campaignPath(id: string, below = ''): string {
  return `/v1/campaigns/${encodeURIComponent(id)}${below}`;
}
