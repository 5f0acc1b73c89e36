import { definePage } from '../../../lib/page';

export interface ImageSearch {
  readonly [name: string]: string | undefined;
  /** An asset that becomes a reference. */
  readonly from?: string;
  /** An asset that is edited. */
  readonly edit?: string;
  /** Assets that are compared: "asset_a,asset_b". */
  readonly compare?: string;
  /** How they are compared: "slide" or "overlay", else side by side. */
  readonly mode?: string;
}

export const page = definePage<ImageSearch>({
  path: '/t/$team/studio/image',
  text: ['studio', 'edit', 'compare'],
  needs: 'generation.create',
  place: { group: 'create', order: 1, icon: 'image', key: 'i' },
  isWide: true,
  search: ['from', 'edit', 'compare', 'mode'],
});
