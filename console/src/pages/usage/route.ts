import { definePage } from '../../lib/page';

/** What is looked at, as the URL has it. */
export interface UsageSearch {
  readonly [name: string]: string | undefined;
  /** A name of a time, "month" when absent; a time of its own is `from` and `to`. */
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
  readonly group_by?: string;
  readonly metric?: string;
  /** "all": of every team that the person may see. */
  readonly teams?: string;
}

export const page = definePage<UsageSearch>({
  path: '/t/$team/usage',
  text: ['usage', 'budgets'],
  needs: 'usage.read',
  place: { group: 'team', order: 2, icon: 'usage', key: 'u' },
  search: [
    ...(['range', 'from', 'to', 'group_by', 'metric', 'teams'] as const),
    // Filters, by the names of the API.
    ...(['class', 'credential', 'model', 'project', 'member', 'template', 'campaign', 'provider', 'modality', 'team'] as const),
  ],
});
