import type { Task } from '../../api/tasks';
import type { Comparison } from './tiles';

/** What can be done with a run of the studio. */
export interface RunVerbs {
  readonly onReference: (asset: string) => void;
  /** Absent: it can't be edited here. */
  readonly onEdit?: (asset: string) => void;
  /** Absent: nothing is compared here. */
  readonly comparison?: Comparison;
  readonly onVariations: (task: Task) => void;
  readonly onUseAll: (task: Task) => void;
  readonly onUsePrompt: (task: Task) => void;
  /** The same seed on another model: one run more. */
  readonly onOtherModel: (task: Task, model: string) => void;
}
