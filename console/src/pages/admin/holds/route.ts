import { definePage } from '../../../lib/page';

export interface HoldsSearch {
  readonly [name: string]: string | undefined;
  /** "yes": the form for a new one stands open. */
  readonly add?: string;
}

export const page = definePage<HoldsSearch>({ path: '/admin/holds', text: ['holds'], needs: 'retention.read', search: ['add'] });
