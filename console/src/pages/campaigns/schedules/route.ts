import { definePage } from '../../../lib/page';

export interface SchedulesSearch {
  readonly [name: string]: string | undefined;
  /** Part of a name. */
  readonly q?: string;
}

export const page = definePage<SchedulesSearch>({
  path: '/t/$team/campaigns/schedules',
  text: ['schedules'],
  needs: 'generation.read',
  search: ['q'],
});
