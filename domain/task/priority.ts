import type { NewTask } from './store';
import type { TaskPriority } from './task';

/** Temporal's priority key: 1 comes first, 5 last. */
export type PriorityKey = 1 | 2 | 3 | 4 | 5;

const OF_SINGLES: Readonly<Record<TaskPriority, PriorityKey>> = { high: 2, normal: 3, low: 4 };

/**
 * Where a task stands among those that wait, whoever starts its workflow: a client that waits on the line (1) comes before single tasks by
 * their `priority` (2 to 4), and the items of campaigns (4) after everything that somebody asked for alone.
 */
export function priorityKeyOf({ endpoint, priority, campaignId }: Pick<NewTask, 'endpoint' | 'priority' | 'campaignId'>): PriorityKey {
  if (campaignId !== null) return 4;
  return endpoint === 'images.generations' || endpoint === 'images.edits' ? 1 : OF_SINGLES[priority];
}

/** Who takes part where tasks of one priority wait: those with the same `key` share, and each key counts by its `weight`. */
export interface FairShare {
  readonly key: string;
  readonly weight: number;
}

/** Production work is not starved by scripts. */
const WEIGHTS: Readonly<Record<string, number>> = { production: 8, test: 2, script: 1, personal: 1 };

/** The share of the keys of one class of a team. */
export function fairShareOf({ credentialClass, teamName }: { readonly credentialClass: string; readonly teamName: string }): FairShare {
  return { key: `${credentialClass}:${teamName}`, weight: WEIGHTS[credentialClass] ?? 1 };
}
