import type { CredentialClass } from '../access/classes';
import type { Modality } from '../provider/catalogue';
import type { Endpoint, TaskStatus } from './task';

/** What chooses tasks; several filters must all fit. Names are as users write them; one that names nothing fits no task. */
export interface TaskChoice {
  /** null: of all teams. */
  readonly teamId: number | null;
  /** Any of these. */
  readonly statuses?: readonly TaskStatus[];
  readonly type?: Modality;
  /** The model that was asked for. */
  readonly model?: string;
  readonly externalId?: string;
  readonly campaignId?: string;
  /** `version` absent: any. */
  readonly template?: { readonly name: string; readonly version?: number };
  readonly endpoint?: Endpoint;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** Any of these. */
  readonly ids?: readonly string[];
  /** Who served, or was the last to be tried. */
  readonly provider?: string;
  /** Name of a key. */
  readonly credential?: string;
  readonly class?: CredentialClass;
  readonly project?: string;
  /** E-mail of the key's owner. */
  readonly member?: string;
  readonly errorCode?: string;
  /** Another provider or model served than the first that was tried. */
  readonly fallback?: boolean;
  /** All of these pairs. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Words of the prompt, by their beginnings; a run of Chinese or Japanese as it stands. */
  readonly q?: string;
}

export interface TaskFilter extends TaskChoice {
  /** Id of the last task of the page before. */
  readonly after?: string;
  readonly order: 'asc' | 'desc';
  /** 1..100 */
  readonly limit: number;
}

/** How many tasks a choice has in each status. */
export interface TaskCounts {
  readonly byStatus: ReadonlyMap<TaskStatus, number>;
  /** False: there are more than `MOST_COUNTED`, and the newest so many were counted. */
  readonly isComplete: boolean;
}
export const MOST_COUNTED = 100_000;

/** True for filters beyond a task's own columns: its tasks are found by what was recorded of them. */
export function isFoundByRecords(choice: TaskChoice): boolean {
  const { provider, credential, class: of, project, member, errorCode, fallback, metadata, q } = choice;
  return [provider, credential, of, project, member, errorCode, fallback, metadata, q].some((given) => given !== undefined);
}
