import { definePage } from '../../../lib/page';

export interface TemplatesSearch {
  readonly [name: string]: string | undefined;
  readonly type?: string;
  readonly state?: string;
  readonly tag?: string;
  readonly q?: string;
}

export const page = definePage<TemplatesSearch>({
  path: '/t/$team/templates',
  text: ['templates'],
  needs: 'template.read',
  place: { group: 'work', order: 3, icon: 'templates', key: 'm' },
  search: ['type', 'state', 'tag', 'q'],
});
