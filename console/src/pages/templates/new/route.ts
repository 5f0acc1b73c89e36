import { definePage } from '../../../lib/page';

export interface NewTemplateSearch {
  readonly [name: string]: string | undefined;
  /** A run whose settings it takes. */
  readonly task?: string;
}

export const page = definePage<NewTemplateSearch>({
  path: '/t/$team/templates/new',
  text: ['templates'],
  needs: 'template.create',
  search: ['task'],
});
