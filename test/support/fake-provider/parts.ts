import type { Behaviour, Plan } from './plan';
import type { Records } from './records';
import type { Videos } from './videos';

/** What a fake provider is made of. */
export interface Parts {
  readonly plan: Plan;
  readonly records: Records;
  readonly videos: Videos;
  readonly behaviour: Behaviour;
}
