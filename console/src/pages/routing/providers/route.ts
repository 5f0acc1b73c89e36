import { definePage } from '../../../lib/page';

export interface ProvidersSearch {
  readonly [name: string]: string | undefined;
  /** "yes": the form for a new one stands open. */
  readonly add?: string;
}

export const page = definePage<ProvidersSearch>({ path: '/routing/providers', text: ['routing'], needs: 'provider.read', search: ['add'] });
