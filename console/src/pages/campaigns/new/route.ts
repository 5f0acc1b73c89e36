import { definePage } from '../../../lib/page';

export interface NewCampaignSearch {
  readonly [name: string]: string | undefined;
  readonly step?: string;
  /** Only rows with faults are shown. */
  readonly bad?: string;
  /** Whose campaign it becomes. */
  readonly template?: string;
}

export const page = definePage<NewCampaignSearch>({
  path: '/t/$team/campaigns/new',
  text: ['campaign-new'],
  needs: 'generation.create',
  search: ['step', 'bad', 'template'],
});
