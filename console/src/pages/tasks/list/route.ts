import { definePage } from '../../../lib/page';

/** The filters of the list, as the URL has them. */
export interface TasksSearch {
  readonly [name: string]: string | undefined;
  readonly type?: string;
  readonly status?: string;
  /** Words of the prompt, or an id. */
  readonly q?: string;
  readonly model?: string;
  readonly template?: string;
  readonly campaign_id?: string;
  /** "today", "7d", "30d"; absent: all. */
  readonly time?: string;
  /** The task that stands open beside the list. */
  readonly peek?: string;
}

export const FILTERS = ['q', 'type', 'status', 'model', 'template', 'campaign_id', 'time'] as const;

export const page = definePage<TasksSearch>({
  path: '/t/$team/tasks',
  text: ['tasks', 'run', 'views'],
  needs: 'generation.read',
  place: { group: 'work', order: 1, icon: 'tasks', key: 't' },
  search: [...FILTERS, 'peek'],
});
