import { definePage } from '../../../lib/page';

export interface CampaignsSearch {
  readonly [name: string]: string | undefined;
  readonly status?: string;
}

export const page = definePage<CampaignsSearch>({
  path: '/t/$team/campaigns',
  text: ['campaigns', 'views'],
  needs: 'generation.read',
  place: { group: 'work', order: 2, icon: 'campaigns', key: 'c' },
  search: ['status'],
});
