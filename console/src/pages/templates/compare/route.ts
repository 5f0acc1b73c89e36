import { definePage } from '../../../lib/page';

export interface CompareSearch {
  readonly [name: string]: string | undefined;
  readonly a?: string;
  readonly b?: string;
}

export const page = definePage<CompareSearch>({
  path: '/t/$team/templates/$name/compare',
  text: ['templates'],
  needs: 'template.read',
  search: ['a', 'b'],
});
