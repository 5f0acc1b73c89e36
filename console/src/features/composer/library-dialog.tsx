import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { assetsQuery, type Asset } from '../../api/assets';
import { ApiError, useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { FadingImage } from '../../ui/media';
import { SearchField } from '../../ui/search-field';
import { Fault, Skeleton } from '../../ui/states';
import css from './library-dialog.module.css';

const PAGE = 24;
const MOST_TAGS = 12;

interface LibraryDialogProps {
  /** How many may be chosen. */
  readonly most: number;
  /** Those that are references already. */
  readonly taken: ReadonlySet<string>;
  readonly onPick: (assets: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Images of the library, found by words, tags and favourites, page by page; those that are chosen become references. */
export function LibraryDialog({ most, taken, onPick, onClose }: LibraryDialogProps) {
  const text = useText<typeof words>('studio');
  const errorText = useErrorText();
  const team = useTeam();
  const [q, setQ] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const [isFavourite, setFavourite] = useState(false);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const filter = {
    kind: 'image' as const,
    ...(q === '' ? {} : { q }),
    ...(tag === null ? {} : { tag }),
    ...(isFavourite ? { favourite: 'true' as const } : {}),
  };
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    assetsQuery(team, filter, PAGE),
  );
  const assets = data?.pages.flatMap((page) => page.data) ?? [];
  const tags = [...new Set([...(tag === null ? [] : [tag]), ...assets.flatMap((asset) => asset.tags)])].slice(0, MOST_TAGS);
  const toggle = (id: string): void => setPicked(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id].slice(0, most));
  return (
    <Dialog title={text('library.title')} isOpen isWide onClose={onClose}>
      <div className={css.filters}>
        <SearchField label={text('library.search')} value={q} onChange={setQ} />
        <Button
          size="dense"
          icon="favourite"
          kind={isFavourite ? 'primary' : 'outline'}
          aria-pressed={isFavourite}
          onClick={() => setFavourite(!isFavourite)}
        >
          {text('library.favourites')}
        </Button>
        {tags.map((one) => (
          <Button
            key={one}
            size="dense"
            icon="tag"
            kind={tag === one ? 'primary' : 'outline'}
            aria-pressed={tag === one}
            onClick={() => setTag(tag === one ? null : one)}
          >
            {one}
          </Button>
        ))}
      </div>
      {isPending ? <Skeleton rows={2} height={120} /> : null}
      {error === null ? null : (
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
      )}
      {data !== undefined && assets.length === 0 ? <p>{text('library.none')}</p> : null}
      <ul className={css.tiles}>
        {assets.map((asset) => (
          <li key={asset.id}>
            <button
              type="button"
              className={css.tile}
              aria-pressed={picked.includes(asset.id)}
              aria-label={nameOf(asset)}
              title={nameOf(asset)}
              disabled={taken.has(asset.id)}
              onClick={() => toggle(asset.id)}
            >
              <FadingImage
                className={css.image}
                alt=""
                src={asset.thumbnail_url === null ? contentUrl(team, asset.id) : thumbnailUrl(team, asset.id)}
              />
            </button>
          </li>
        ))}
      </ul>
      <div className={css.foot}>
        {hasNextPage ? (
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {text('library.earlier')}
          </Button>
        ) : null}
        <span className={css.count}>{text('library.count', { count: picked.length, most })}</span>
        <Button onClick={onClose}>{text('library.cancel')}</Button>
        <Button
          kind="primary"
          disabled={picked.length === 0}
          onClick={() => {
            onPick(picked);
            onClose();
          }}
        >
          {text('library.add')}
        </Button>
      </div>
    </Dialog>
  );
}

const nameOf = ({ name, id, tags }: Asset): string => [name === null || name === '' ? id.slice(0, 14) : name, ...tags].join(' · ');
