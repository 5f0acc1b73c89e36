import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { assetsQuery, useChangeAssets, type AssetFilter } from '../../../api/assets';
import { ApiError, useErrorText } from '../../../api/errors';
import { useMay, useTeam } from '../../../api/session';
import { BulkBar } from '../../../features/library/bulk-bar';
import { Days } from '../../../features/library/days';
import { UploadButton, UploadFault, useUpload } from '../../../features/library/upload';
import { SavedViews } from '../../../features/views/saved-views';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/library.json';
import { note } from '../../../ui/announce';
import { Button, ButtonLink } from '../../../ui/button';
import { FilterChip } from '../../../ui/chip';
import { PageHeader } from '../../../ui/page-header';
import { SearchField } from '../../../ui/search-field';
import { Segmented } from '../../../ui/segmented';
import { Fault, Skeleton, State } from '../../../ui/states';
import css from './page.module.css';
import { page } from './route';

const KINDS = ['image', 'video', 'audio'] as const;
const CHIPS = ['tag', 'template', 'campaign_id'] as const;

export function Page() {
  const text = useText<typeof words>('library');
  const errorText = useErrorText();
  const team = useTeam();
  const [search, change] = usePageSearch(page);
  const filter = useMemo((): AssetFilter => {
    const kind = KINDS.find((one) => one === search.kind);
    return {
      ...(kind === undefined ? {} : { kind }),
      ...(search.q === undefined ? {} : { q: search.q }),
      ...(search.tag === undefined ? {} : { tag: search.tag }),
      ...(search.favourite === undefined ? {} : { favourite: 'true' }),
      ...(search.template === undefined ? {} : { template: search.template }),
      ...(search.campaign_id === undefined ? {} : { campaign_id: search.campaign_id }),
    };
  }, [search]);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(assetsQuery(team, filter));
  const assets = useMemo(() => data?.pages.flatMap((one) => one.data) ?? [], [data]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const favour = useChangeAssets(team);
  const mayCreate = useMay('generation.create');
  const upload = useUpload();
  const chosen = assets.filter(({ id }) => picked.has(id));
  const pick = (id: string): void => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    setPicked(next);
  };
  return (
    <>
      <PageHeader title={text('title')} about={team}>
        <SavedViews list="library" filters={page.search} search={search} onChange={change} />
        {mayCreate ? <UploadButton upload={upload} /> : null}
      </PageHeader>
      <div className={css.filters} role="group" aria-label={text('filters')}>
        <Segmented
          label={text('kind')}
          value={filter.kind ?? ''}
          onChange={(kind) => change({ kind: kind === '' ? undefined : kind })}
          segments={[{ value: '', label: text('anyKind') }, ...KINDS.map((kind) => ({ value: kind, label: text(`kinds.${kind}`) }))]}
        />
        <Button
          icon="favourite"
          aria-pressed={search.favourite !== undefined}
          kind={search.favourite === undefined ? 'outline' : 'primary'}
          onClick={() => change({ favourite: search.favourite === undefined ? '1' : undefined })}
        >
          {text('favourites')}
        </Button>
        {CHIPS.map((name) => {
          const value = search[name];
          return value === undefined ? null : (
            <FilterChip
              key={name}
              name={text(`chips.${name}`)}
              value={value}
              removeLabel={text('removeFilter')}
              onRemove={() => change({ [name]: undefined })}
            />
          );
        })}
        <SearchField
          label={text('search')}
          className={css.search}
          value={search.q ?? ''}
          onChange={(q) => change({ q: q === '' ? undefined : q })}
        />
      </div>
      <UploadFault upload={upload} />
      {isPending ? <Skeleton rows={3} height={180} /> : null}
      {error === null ? null : (
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
      )}
      {data !== undefined && assets.length === 0 ? (
        Object.keys(filter).length === 0 ? (
          <State icon="library" title={text('empty')}>
            <ButtonLink kind="primary" to={paths.image(team)}>
              {text('makeImage')}
            </ButtonLink>
          </State>
        ) : (
          <State icon="search" title={text('noMatch')}>
            <Button
              onClick={() =>
                change({ kind: undefined, q: undefined, tag: undefined, favourite: undefined, template: undefined, campaign_id: undefined })
              }
            >
              {text('clear')}
            </Button>
          </State>
        )
      ) : null}
      <Days
        assets={assets}
        picked={picked}
        onPick={pick}
        onFavourite={({ id, favourite }) =>
          favour.mutate([{ id, favourite: !favourite }], { onError: (failure) => note(errorText(failure)) })
        }
      />
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {text('earlier')}
        </Button>
      ) : null}
      {chosen.length === 0 ? null : <BulkBar assets={chosen} onClear={() => setPicked(new Set())} />}
    </>
  );
}
