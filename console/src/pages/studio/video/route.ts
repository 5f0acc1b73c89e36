import { definePage } from '../../../lib/page';

export interface VideoSearch {
  readonly [name: string]: string | undefined;
  /** An asset that becomes the first frame. */
  readonly from?: string;
  /** The storyboard, and which shot of it is edited: "2". */
  readonly shot?: string;
}

export const page = definePage<VideoSearch>({
  path: '/t/$team/studio/video',
  text: ['studio', 'storyboard'],
  needs: 'generation.create',
  place: { group: 'create', order: 2, icon: 'video', key: 'v' },
  isWide: true,
  search: ['from', 'shot'],
});
