import { definePage } from '../../../lib/page';

export interface TextSearch {
  readonly [name: string]: string | undefined;
  /** The model; absent: the first. */
  readonly a?: string;
  /** A second one beside it. */
  readonly b?: string;
}

export const page = definePage<TextSearch>({
  path: '/t/$team/studio/text',
  text: ['chat', 'studio'],
  needs: 'generation.create',
  place: { group: 'create', order: 3, icon: 'text', key: 'x' },
  isWide: true,
  search: ['a', 'b'],
});
